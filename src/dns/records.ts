/** Records as a scenario writes them: one or a list of each type, and one TTL. */
import { z } from 'zod';

import type { RecordData } from './record.ts';

const maxTtl = 2 ** 31 - 1;
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

/** A host name; the leftmost label may be `*`, and a trailing dot does no harm. */
export const hostName = z
  .string()
  .refine((text) => {
    const labels = text.replace(/\.$/, '').split('.');
    const rest = labels[0] === '*' && labels.length > 1 ? labels.slice(1) : labels;
    return text.length <= 254 && rest.every((part) => label.test(part));
  }, 'a host name has labels of letters, digits, hyphens and underscores, 63 characters each and 253 in all')
  .describe('a host name');

const oneOrMany = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[]);

const number16 = z.int().min(0).max(65_535);
const seconds = z.int().min(0).max(maxTtl);

const srv = z.strictObject({
  priority: number16.default(0),
  weight: number16.default(0),
  port: number16,
  target: hostName,
});
const mx = z.strictObject({ preference: number16.default(10), exchange: hostName });
const txt = z.union([z.string(), z.array(z.union([z.string(), z.array(z.string()).min(1)])).min(1)]);

/** SOA numbers as a Windows DNS server gives a new zone: negative answers live an hour. */
export const soaDefaults = { serial: 1, refresh: 900, retry: 600, expire: 86_400, minimum: 3600 };

const soa = z.strictObject({
  mname: hostName.default('ns.invalid').describe('the primary name server'),
  rname: hostName.default('hostmaster.invalid').describe('mailbox of the zone, @ written as a dot'),
  serial: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(soaDefaults.serial),
  refresh: seconds.default(soaDefaults.refresh),
  retry: seconds.default(soaDefaults.retry),
  expire: seconds.default(soaDefaults.expire),
  minimum: seconds.default(soaDefaults.minimum).describe('seconds that a negative answer may be kept'),
});

/** The fields of a record set; also what the `answer` behaviour forges. */
export const recordFields = {
  A: oneOrMany(z.ipv4('not an IPv4 address')).optional(),
  AAAA: oneOrMany(z.ipv6('not an IPv6 address')).optional(),
  CNAME: hostName.optional(),
  PTR: oneOrMany(hostName).optional(),
  NS: oneOrMany(hostName).optional(),
  MX: oneOrMany(mx).optional(),
  SRV: oneOrMany(srv).optional(),
  TXT: txt.optional().describe('one text, or a list of records; a list within the list is one record of several texts'),
  SOA: soa.optional(),
  ttl: seconds.default(300).describe('seconds'),
};

export const recordSet = z.strictObject(recordFields).superRefine((set, context) => {
  const { CNAME, ttl: _, ...others } = set;
  if (CNAME !== undefined && Object.values(others).some((value) => value !== undefined)) {
    context.addIssue({ code: 'custom', message: 'a name with a CNAME has no other records', path: ['CNAME'] });
  }
});

export type RecordSet = z.output<typeof recordSet>;

/** The records of a set as data, in the order in which they were written. */
export function dataOf(set: RecordSet): RecordData[] {
  const addresses = (['A', 'AAAA'] as const).flatMap((type) => (set[type] ?? []).map((address) => ({ type, address })));
  const cname = set.CNAME === undefined ? [] : [set.CNAME];
  const targets = [
    ...cname.map((target) => ({ type: 'CNAME' as const, target })),
    ...(['PTR', 'NS'] as const).flatMap((type) => (set[type] ?? []).map((target) => ({ type, target }))),
  ];
  return [
    ...addresses,
    ...targets,
    ...(set.MX ?? []).map((data) => ({ type: 'MX' as const, ...data })),
    ...(set.SRV ?? []).map((data) => ({ type: 'SRV' as const, ...data })),
    ...textsOf(set.TXT).map((strings) => ({ type: 'TXT' as const, strings })),
    ...(set.SOA ? [{ type: 'SOA' as const, ...set.SOA }] : []),
  ];
}

const textsOf = (txt: RecordSet['TXT']): string[][] =>
  txt === undefined ? [] : [txt].flat().map((record) => [record].flat());
