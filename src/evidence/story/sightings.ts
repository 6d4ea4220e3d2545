/** Files of packets as somebody who looks at them sees them: what begins in them, who is a proxy, what a filter keeps. */
import type { EventMap } from '../../trace/events.ts';
import { groupIn } from '../../trace/view.ts';
import type { Capture } from '../capture.ts';
import type { Connection } from '../connection.ts';
import type { Write } from '../draft.ts';
import { captureFilter } from '../filters/capture-filter.ts';
import type { Sighting } from '../sighting.ts';
import { timeless } from '../slot.ts';
import { nameProxy } from './unresolved.ts';
import { isForProxy, proxyBehind } from './world.ts';
import type { World } from './world.ts';

/** Far ends that are listed. */
const most = 12;
const nameServer = 53;
const https = 443;

/** Stands behind the last packet: a look at the whole. */
export function writeSightings(world: World, { sightings, slots }: Capture, write: Write): void {
  for (const sighting of sightings) {
    const { file, format, tool, packets, last } = sighting;
    const own = world.connections.filter(({ begun }) => begun.file === file);
    const standing = own.filter(({ state, toPort }) => state === 'midway' && toPort !== nameServer);
    const slot = last ?? { ...slots.next(), at: world.ended > 0 ? world.ended : timeless, file, frame: 0 };
    write(slot, 'capture', 'capture.read', {
      format,
      tool,
      packets,
      captureFilter: sighting.captureFilter === null ? null : filterIn(sighting.captureFilter),
      displayFilter: viewIn(sighting),
      standing: [...new Set(standing.map(({ to }) => to))].slice(0, most),
      firstStanding: standing[0]?.begun.frame ?? null,
      begun: begunBeside(standing, own),
      proxies: proxiesIn(world, own),
      direct: directIn(world, own),
    });
  }
}

function filterIn(text: string): { text: string; ports: number[] } {
  const { ports } = captureFilter(text);
  return { text, ports };
}

function viewIn({ filter, shown }: Sighting): EventMap['capture.read']['displayFilter'] {
  if (!filter) return null;
  const { text, syntax, wireshark, ports, asks } = filter;
  return { text, syntax, wireshark, ports, asks, shown: syntax === null ? null : shown };
}

function begunBeside(standing: readonly Connection[], own: readonly Connection[]): number {
  const machines = new Set(standing.map(({ fromIp }) => fromIp));
  return own.filter(
    ({ state, fromIp, toPort }) =>
      state !== 'midway' && toPort !== nameServer && (machines.size === 0 || machines.has(fromIp)),
  ).length;
}

function proxiesIn(world: World, own: readonly Connection[]): EventMap['capture.read']['proxies'] {
  const found = new Map<string, { asked: number; refused: Set<number>; named: boolean }>();
  for (const connection of own) {
    const { to, exchanges } = connection;
    if (!world.proxies.has(to)) continue;
    for (const exchange of exchanges.filter(isForProxy)) {
      const proxy = groupIn(found, to, () => ({ asked: 0, refused: new Set<number>(), named: world.named.has(to) }));
      proxy.asked += 1;
      proxy.named ||= world.named.has(nameProxy(world, connection).toLowerCase());
      if (exchange.answer && exchange.answer.status >= 400) proxy.refused.add(exchange.answer.status);
    }
  }
  return [...found].map(([at, { asked, refused, named }]) => ({
    at,
    asked,
    named,
    refused: [...refused].sort((left, right) => left - right),
  }));
}

function directIn(world: World, own: readonly Connection[]): EventMap['capture.read']['direct'] {
  const tried = own.filter(
    (connection) =>
      connection.toPort === https &&
      connection.state !== 'midway' &&
      !world.proxies.has(connection.to) &&
      proxyBehind(world, connection) === undefined,
  );
  return { tried: tried.length, failed: tried.filter(({ state }) => state !== 'opened').length };
}
