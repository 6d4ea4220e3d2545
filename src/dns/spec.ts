/** `lab.dns` of a scenario. */
import { z } from 'zod';

import { oneOf } from '../registry.ts';
import { rulesOf, whenOf } from '../rules.ts';
import { behaviours } from './behaviours/index.ts';
import { canonicalName } from './name.ts';
import { hostName, recordSet } from './records.ts';

export const dnsBehaviour = oneOf(behaviours).describe('how the DNS server misbehaves');
export const dnsWhen = whenOf('name', 'qtype', 'client', 'transport').describe(
  'which questions: `name` is a glob, `client` the name or address of who asks, `transport` is udp or tcp',
);

export const dnsRecords = z
  .record(z.string(), recordSet)
  .superRefine((records, context) => {
    const seen = new Map<string, string>();
    for (const name of Object.keys(records)) {
      const parsed = hostName.safeParse(name);
      for (const issue of parsed.error?.issues ?? [])
        context.addIssue({ code: 'custom', message: issue.message, path: [name] });
      const twin = seen.get(canonicalName(name));
      if (twin !== undefined) {
        context.addIssue({ code: 'custom', message: `'${name}' and '${twin}' are the same name`, path: [name] });
      }
      seen.set(canonicalName(name), name);
    }
  })
  .default({})
  .describe('name → its records; a name with no record at all exists and has no data');

export const dnsRules = rulesOf(dnsWhen, dnsBehaviour).describe('first match wins; healthy when none does');

export const dnsSpec = z.strictObject({
  address: z.union([z.ipv4(), z.ipv6()]).default('10.20.0.2').describe("the server's address in the story"),
  suffix: hostName.optional().describe("the clients' primary DNS suffix; also the zone whose SOA answers for it"),
  search: z.array(hostName).optional().describe("the clients' search list, when it is not the suffix alone"),
  records: dnsRecords,
  behaviour: dnsBehaviour.optional().describe('for every question that no rule matches'),
  rules: dnsRules,
});

export type DnsSpec = z.output<typeof dnsSpec>;
export type DnsRecords = z.output<typeof dnsRecords>;
export type DnsRules = z.output<typeof dnsRules>;
