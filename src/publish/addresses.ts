/**
 * Which real address stands for which of the story. Programs outside the lab are told these by the lab's DNS; the trace
 * keeps the story's.
 */
import { familyOf } from '../net/address.ts';
import { inRange } from '../range.ts';

/**
 * `one`: everything is behind a single address; what clients say first tells whom they want. `each`: every address of
 * the story has one of its own in 127.0.0.0/8. `story`: the story's own addresses, which this machine must have.
 */
export type Addressing = 'one' | 'each' | 'story';

export interface Addresses {
  /** Null when a program outside has no way to it. */
  of(ip: string): string | null;
  /** The same by IPv4 or IPv6 alone. */
  by(ip: string, family: 4 | 6): string | null;
  /** Every real address that stands for one of the story, the one of {@link of} first. */
  all(ip: string): readonly string[];
}

/** Marks and places that mean the same to everybody; never translated. */
const kept = ['127.0.0.0/8', '0.0.0.0/8', '224.0.0.0/3', '::', '::1', 'ff00::/8'];
/** RFC 5737 and RFC 6666: no machine has these, so what is sent there is lost. */
const nowhere4 = '192.0.2.';
const nowhere6 = '100::';

/** `reached` are the addresses of the story where something listens; `places` are the real ones of `one`. */
export function addressesFor(how: Addressing, places: readonly string[], reached: ReadonlySet<string>): Addresses {
  const given = new Map<string, string | null>();
  const taken = new Set<string>();
  const lost = (ip: string, by6 = familyOf(ip) === 6): string => {
    const family = by6 ? nowhere6 : nowhere4;
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
    if (!reached.has(ip)) return lost(ip, familyOf(ip) === 4 && !places.some((place) => familyOf(place) === 4));
    return places.find((place) => familyOf(place) === familyOf(ip)) ?? otherwise(ip);
  };
  /** What has IPv4 in the story may have IPv6 here; the other way round only the loopback has both. */
  const otherwise = (ip: string): string | null => {
    if (familyOf(ip) === 4) return places[0] ?? null;
    return places.some((place) => inRange('127.0.0.0/8', place)) ? '::1' : null;
  };
  const of = (ip: string): string | null => {
    const known = given.get(ip);
    if (known !== undefined) return known;
    const address = make(ip);
    given.set(ip, address);
    return address;
  };
  const all = (ip: string): string[] => {
    const first = of(ip);
    if (first === null || !places.includes(first) || how !== 'one') return first === null ? [] : [first];
    return [first, ...places.filter((place) => place !== first && (familyOf(ip) === 4 || familyOf(place) === 6))];
  };
  return { of, all, by: (ip, family) => all(ip).find((address) => familyOf(address) === family) ?? null };
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
