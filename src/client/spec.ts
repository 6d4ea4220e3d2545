/** `clients:` of a scenario. */
import { z } from 'zod';

import { duration } from '../duration.ts';
import { isAddress } from '../net/address.ts';
import { leafFaults } from '../net/certificates.ts';
import type { LeafFault } from '../net/certificates.ts';
import { settingsSpec } from '../settings/index.ts';
import { isZone } from '../zone.ts';
import { dialectNames } from './dialects/index.ts';
import { programSpec } from './programs/index.ts';

const address = z.string().refine(isAddress, 'an address is needed, not a name');

const version = z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

const certificate = z.union([
  z.string(),
  z.strictObject({
    name: z.string(),
    fault: z.enum(Object.keys(leafFaults) as LeafFault[]).describe('what is wrong with it'),
  }),
]);

const tls = z.strictObject({
  minVersion: version.optional().describe('the lowest version; TLSv1.2 when absent'),
  maxVersion: version.optional().describe('the highest version; TLSv1.3 when absent'),
  hello: z
    .int()
    .positive()
    .max(8000)
    .optional()
    .describe(
      'bytes that its ClientHello is longer by, as with a post-quantum key share; filled with names of protocols',
    ),
  pins: z
    .record(z.string(), z.string())
    .default({})
    .describe('host (a glob) → the authority that its chain must end at, whatever else is trusted'),
});

export const clientSpec = z.strictObject({
  profile: z.enum(dialectNames).describe('whose rules the client follows'),
  program: programSpec.optional().describe('what it does by itself; without one it does the steps only'),
  calls: z
    .enum(['asynchronous', 'synchronous'])
    .default('asynchronous')
    .describe('how its program calls the stack; .NET Framework words a refused tunnel accordingly'),
  address: address.default('10.20.0.10'),
  ipv6: z
    .ipv6()
    .optional()
    .describe(
      'an IPv6 address beside `address`: names are asked for AAAA too, and IPv6 is dialled first, then IPv4, one after the other (no happy eyeballs). A client whose `address` is IPv6 has no IPv4 at all',
    ),
  ownAddresses: z
    .array(address)
    .optional()
    .describe('what the machine finds when it asks for its own address, the primary one first; `address` unless given'),
  zone: z
    .string()
    .refine(isZone, 'an IANA time zone is needed, such as Europe/Berlin')
    .optional()
    .describe("the machine's time zone; `lab.clock.zone` unless given"),
  clock: z
    .strictObject({
      ahead: duration.optional().describe('how far it is ahead of the lab'),
      behind: duration.optional().describe('how far it is behind'),
    })
    .optional()
    .describe("the machine's own clock: by it certificates are judged and scripts read the date"),
  identity: z.string().optional().describe('the account it runs as: network-service, system, a user'),
  suffix: z.string().nullable().optional().describe("the machine's primary DNS suffix; `lab.dns.suffix` unless given"),
  devolution: z
    .boolean()
    .default(false)
    .describe('WPAD walks up from the suffix, as the WPAD draft and some Windows resolvers do; browsers never do'),
  settings: settingsSpec.prefault({}),
  credentials: z
    .strictObject({
      user: z.string().describe('`user`, or `DOMAIN\\user`'),
      password: z.string(),
      scheme: z
        .enum(['basic', 'digest', 'ntlm', 'any'])
        .optional()
        .describe(
          'the one its caller asks for, as `curl --proxy-ntlm` does, or any, as with `--proxy-anyauth`; its own choice unless given',
        ),
    })
    .optional()
    .describe(
      "what it answers with when a proxy asks who it is; without it, nothing. dotnet-framework: the account's own, used only with useDefaultCredentials",
    ),
  machineAccount: z
    .strictObject({
      user: z.string().regex(/\$$/, 'the account of a computer ends in $, such as CORP\\SRV01$'),
      password: z.string(),
    })
    .optional()
    .describe(
      'the computer’s account in its domain: who NETWORK SERVICE and SYSTEM are on the network where they log on by themselves (dotnet-framework with useDefaultCredentials)',
    ),
  trust: z.array(z.string()).default(['public-ca']).describe('authorities whose certificates it accepts'),
  certificates: z
    .array(certificate)
    .default([])
    .describe('its own certificates; the first is shown when a server asks'),
  tls: tls.prefault({}).describe('its TLS with destinations'),
});
export type ClientSpec = z.output<typeof clientSpec>;

export const clientsSpec = z.record(z.string(), clientSpec).default({});
