/** From a name to a TCP connection, as a client's own stack does it. */
import type { AddressType } from '../dns/index.ts';
import type { Outcome } from '../failure.ts';
import { fail, ok } from '../failure.ts';
import { isAddress } from '../net/address.ts';
import type { Endpoint } from '../net/address.ts';
import type { Connection } from '../net/connection.ts';
import type { ClientInit, ClientTools } from './tools.ts';

/** Lab time, in milliseconds, after which a request has taken too long; Infinity: no limit. */
export type Deadline = number;

export const remaining = (deadline: Deadline, tools: ClientTools): number => Math.max(0, deadline - tools.clock.now());

/** Addresses of a host that may be an address itself, in the order to dial: IPv6 first where the machine has it. */
export async function addressesOf(
  host: string,
  init: ClientInit,
  tools: ClientTools,
): Promise<Outcome<readonly string[]>> {
  return isAddress(host) ? ok([host]) : resolveFor(host, { search: true, qtypes: familiesOf(init) }, init, tools);
}

/** RFC 6724 puts IPv6 first; nobody here tries both at once (happy eyeballs). */
const familiesOf = ({ host, ipv6 }: ClientInit): AddressType[] =>
  isIpv6(host.ip) ? ['AAAA'] : ipv6 === undefined ? ['A'] : ['AAAA', 'A'];

const isIpv6 = (ip: string): boolean => ip.includes(':');

/** ICANN answers this for names that were internal ones before their top-level domain became a public one. */
const collisionMark = '127.0.53.53';

/** The addresses of a name, as this client believes them. `limit` is in milliseconds. */
export async function resolveFor(
  name: string,
  options: { search: boolean; limit?: number; qtypes?: AddressType[] },
  { dialect }: ClientInit,
  { resolver }: ClientTools,
): Promise<Outcome<readonly string[]>> {
  const resolved = await resolver().resolve(name, { qtypes: ['A'], ...options });
  if (!resolved.ok) return resolved;
  const { addresses } = resolved.value;
  if (dialect.collisionFails && addresses.includes(collisionMark))
    return fail('dns.collision', `${name} is ${collisionMark}: ICANN's mark for a name collision`);
  return ok(addresses);
}

/** Dials one address after the other; the last failure counts. `limit` is in milliseconds, null: the stack's own. */
export async function reach(
  target: { host: string; port: number },
  limits: { deadline: Deadline; limit: number | null },
  init: ClientInit,
  tools: ClientTools,
): Promise<Outcome<Connection>> {
  const addresses = await addressesOf(target.host, init, tools);
  if (!addresses.ok) return addresses;
  let last: Outcome<Connection> = fail('dns.nodata', `${target.host} has no address`);
  for (const ip of addresses.value) {
    await tools.net.settled();
    const timeout = Math.min(limits.limit ?? Infinity, remaining(limits.deadline, tools));
    last = await dial({ ip, port: target.port }, timeout, init, tools);
    if (last.ok) return last;
  }
  return last;
}

/** From the machine's address of the same family; without one no packet leaves. */
async function dial(
  to: Endpoint,
  timeout: number,
  { host, ipv6, dialect }: ClientInit,
  { net }: ClientTools,
): Promise<Outcome<Connection>> {
  if (isIpv6(host.ip) && !isIpv6(to.ip))
    return fail('tcp.unreachable', `no route to ${to.ip}: this machine has no IPv4 address`);
  const from = isIpv6(to.ip) && ipv6 !== undefined ? { ...host, ip: ipv6 } : host;
  return net.dial(from, to, { syn: dialect.tcp.syn, timeout });
}

/** Opens a connection and closes it; whether it stood. */
export async function reaches(
  target: { host: string; port: number },
  init: ClientInit,
  tools: ClientTools,
): Promise<boolean> {
  const connection = await reach(target, { deadline: Infinity, limit: null }, init, tools);
  if (connection.ok) connection.value.destroy();
  await tools.net.settled();
  return connection.ok;
}
