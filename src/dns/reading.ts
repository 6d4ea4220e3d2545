/** What a client makes of an answer. */
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { Message } from './message.ts';
import { canonicalName } from './name.ts';

/** Addresses of one family, or why there are none; `ttl` in seconds says how long that may be remembered. */
export interface Reading {
  outcome: Outcome<string[]>;
  ttl: number;
}

export type AddressType = 'A' | 'AAAA';

/** `message` is null when no answer came. Follows aliases within the answer. */
export function readAnswer(message: Message | null, name: string, qtype: AddressType): Reading {
  if (!message) return { outcome: fail('dns.timeout', `no answer for ${name}`), ttl: 0 };
  if (message.rcode === 'NXDOMAIN') {
    return { outcome: fail('dns.nxdomain', `${name} does not exist`), ttl: negativeTtl(message) };
  }
  if (message.rcode !== 'NOERROR') {
    return { outcome: fail('dns.servfail', `the answer for ${name} was ${message.rcode}`), ttl: 0 };
  }
  const { target, ttl: chainTtl } = endOfChain(message, name);
  const records = message.answers.filter(
    (record) => record.type === qtype && canonicalName(record.name) === target && 'address' in record,
  );
  const addresses = records.flatMap((record) => ('address' in record ? [record.address] : []));
  if (addresses.length === 0) {
    return { outcome: fail('dns.nodata', `${name} has no ${qtype} record`), ttl: negativeTtl(message) };
  }
  return { outcome: ok(addresses), ttl: Math.min(chainTtl, ...records.map(({ ttl }) => ttl)) };
}

function endOfChain(message: Message, name: string): { target: string; ttl: number } {
  let target = canonicalName(name);
  let ttl = Infinity;
  // Each alias is followed once, so a loop ends.
  for (let hops = 0; hops < message.answers.length; hops += 1) {
    const alias = message.answers.find((record) => record.type === 'CNAME' && canonicalName(record.name) === target);
    if (alias?.type !== 'CNAME') break;
    target = canonicalName(alias.target);
    ttl = Math.min(ttl, alias.ttl);
  }
  return { target, ttl };
}

/** RFC 2308 section 5; without a SOA a negative answer is not to be kept. */
function negativeTtl(message: Message): number {
  const soa = message.authority.find((record) => record.type === 'SOA');
  return soa?.type === 'SOA' ? Math.min(soa.ttl, soa.minimum) : 0;
}
