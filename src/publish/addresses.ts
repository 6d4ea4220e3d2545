/**
 * Which real address stands for which of the story. Programs outside the lab are told these by the lab's DNS; the trace
 * keeps the story's.
 */
import { inRange } from '../range.ts';

/**
 * `one`: everything is behind a single address; what clients say first tells whom they want. `each`: every address of
 * the story has one of its own in 127.0.0.0/8. `story`: the story's own addresses, which this machine must have.
 */
export type Addressing = 'one' | 'each' | 'story';

export interface Addresses {
  /** Null when a program outside has no way to it. */
  of(ip: string): string | null;
}

/** Marks and places that mean the same to everybody; never translated. */
const kept = ['127.0.0.0/8', '0.0.0.0/8', '224.0.0.0/3', '::', '::1', 'ff00::/8'];
/** RFC 5737 and RFC 6666: no machine has these, so what is sent there is lost. */
const nowhere4 = '192.0.2.';
const nowhere6 = '100::';

/** `reached` are the addresses of the story where something listens; `bind` is the real one of `one`. */
export function addressesFor(how: Addressing, bind: string, reached: ReadonlySet<string>): Addresses {
  const given = new Map<string, string | null>();
  const taken = new Set<string>();
  const lost = (ip: string): string => {
    const family = ip.includes(':') ? nowhere6 : nowhere4;
    return `${family}${1 + [...given.values()].filter((address) => address?.startsWith(family)).length}`;
  };
  const own = (ip: string): string | null => {
    // The loopback network has one address of version 6.
    if (ip.includes(':')) return reached.has(ip) ? '::1' : lost(ip);
    const address = freeLoopback(ip, taken);
    taken.add(address);
    return address;
  };
  const make = (ip: string): string | null => {
    if (how === 'story' || kept.some((range) => inRange(range, ip))) return ip;
    if (how === 'each') return own(ip);
    if (!reached.has(ip)) return lost(ip);
    return ip.includes(':') === bind.includes(':') ? bind : inRange('127.0.0.0/8', bind) ? '::1' : null;
  };
  return {
    of(ip) {
      const known = given.get(ip);
      if (known !== undefined) return known;
      const address = make(ip);
      given.set(ip, address);
      return address;
    },
  };
}

/** `10.20.0.8` → `127.20.0.8`: what can be kept of it is kept. 127.0.0.x belongs to the machine. */
function freeLoopback(ip: string, taken: ReadonlySet<string>): string {
  const [, second = 0, third = 0, fourth = 0] = ip.split('.').map(Number);
  const crowded = second === 0 && third === 0;
  for (let step = crowded ? 100 : 0; ; step += 1) {
    const address = `127.${(second + step) % 256}.${third}.${fourth}`;
    if (!taken.has(address)) return address;
  }
}
