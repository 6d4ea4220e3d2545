/** A DNS server and a client beside it, for the tests of this room. */
import { seededChance } from '../../src/chance.ts';
import { createResolver, dnsSpec, startDns } from '../../src/dns/index.ts';
import type { DnsServer, Resolver, ResolverTools } from '../../src/dns/index.ts';
import { decode, encode, queryFor } from '../../src/dns/message.ts';
import type { Message } from '../../src/dns/message.ts';
import type { QType } from '../../src/dns/record.ts';
import type { EventType, TraceEvent } from '../../src/trace/events.ts';
import { host } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

export const client = host('10.20.0.10', 'service');
export const server = '10.20.0.2:53';

export const serve = (world: World, spec: unknown): Promise<DnsServer> =>
  startDns(dnsSpec.parse(spec), { net: world.net, clock: world.clock, pen: world.trace.pen('dns') });

export const resolverIn = (world: World, tools: Partial<ResolverTools> = {}): Resolver =>
  createResolver({
    net: world.net,
    clock: world.clock,
    pen: world.trace.pen('client'),
    chance: seededChance(7),
    host: client,
    server,
    profile: 'windows',
    ...tools,
  });

/** Sends bytes over UDP and gives back what came until all is quiet. */
export async function sendUdp(world: World, bytes: Uint8Array): Promise<Buffer[]> {
  const heard: Buffer[] = [];
  using socket = await world.net.datagrams(client, 0, (reply) => heard.push(reply));
  socket.send(bytes, server);
  await world.net.settled();
  return heard;
}

/** A question over UDP, and the answer; throws when there is none. */
export async function askUdp(world: World, name: string, qtype: QType, udpSize?: number): Promise<Message> {
  const [reply] = await sendUdp(world, encode(queryFor(4711, name, qtype, udpSize)));
  const decoded = reply && decode(reply);
  if (!decoded?.ok) throw new Error(`no answer for ${name}`);
  return decoded.message;
}

export const eventsOf = <T extends EventType>(world: World, type: T): TraceEvent<T>[] =>
  world.trace.events.filter((event) => event.type === type) as TraceEvent<T>[];
