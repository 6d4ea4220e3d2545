/** Names that did not resolve: what a client wanted of them is told by who named them. */
import { beside } from '../slot.ts';
import type { Connection } from '../connection.ts';
import type { Asked } from './names.ts';
import type { Try } from './tries.ts';
import type { World } from './world.ts';

/** Whether a failure is one of the way, not of what was said on it. */
export const isTried = (failure: string | null | undefined): boolean =>
  failure === 'tcp.timeout' || failure === 'tcp.refused' || failure === 'tcp.unreachable';

/** The proxy as its client addressed it: by name where it had asked for one. */
export function nameProxy({ names }: World, { fromIp, toIp, to, toPort, syns, begun }: Connection): string {
  const name = names.nameOf(fromIp, toIp, syns[0] ?? begun);
  return name === undefined ? to : `${name}:${toPort}`;
}

/** Search lists put suffixes behind a name one after the other. */
const searchMs = 5000;

/** A try for every name that a client wanted and could not have. */
export function unresolvedTries(world: World): Try[] {
  return world.names.asked.flatMap((one): Try[] => {
    if (
      !one.failure ||
      isWpad(one.name) ||
      isOther(one, world.names.around(one.first, searchMs)) ||
      isProxyMachine(world, one)
    )
      return [];
    return [tryOf(world, one)];
  });
}

const isWpad = (name: string): boolean => /^wpad(\.|$)/i.test(name);

/** Reverse lookups, services, and names that were had with another suffix. */
function isOther({ client, name, first }: Asked, all: readonly Asked[]): boolean {
  if (/\.arpa\.?$/i.test(name) || name.startsWith('_') || name === '') return true;
  const [label = ''] = name.toLowerCase().split('.');
  const isSuffixed = all.some(
    (other) =>
      other.client === client &&
      name.toLowerCase().startsWith(`${other.name.toLowerCase()}.`) &&
      Math.abs(other.first.at - first.at) < searchMs,
  );
  if (isSuffixed) return true;
  return all.some(
    (other) =>
      other.client === client &&
      other.addresses.length > 0 &&
      (other.name.toLowerCase().startsWith(`${label}.`) || other.name.toLowerCase() === label) &&
      Math.abs(other.first.at - first.at) < searchMs,
  );
}

const isProxyMachine = ({ proxies }: World, { client }: Asked): boolean =>
  !client.startsWith('127.') && [...proxies.keys()].some((place) => place.startsWith(`${client}:`));

function tryOf({ named }: World, { client, name, first, done, failure }: Asked): Try {
  const bare = name.toLowerCase();
  const proxy = [...named].find((place) => place.slice(0, place.lastIndexOf(':')) === bare);
  const base = {
    client,
    method: 'CONNECT',
    connections: [],
    start: first,
    end: beside(done, 2),
    failure: failure ?? null,
    detail: `${name} has no address`,
    status: null,
  };
  if (proxy !== undefined) return { ...base, route: `PROXY ${proxy}`, target: undefined, url: '(not seen)' };
  const target = { scheme: 'https', host: name, port: 443 };
  return { ...base, route: 'DIRECT', target, url: `https://${name}/` };
}
