/**
 * pac-resolver's helpers with this lab's names, addresses and clock.
 *
 * Its pure functions are its own. Those that ask the machine are put in front of them: names are resolved here and the
 * rest of the work is left to pac-resolver (a literal needs no query), and the two that read the host's `Date` are
 * written again with the time handed in.
 */
import { domainToASCII } from 'node:url';
import { isAddress, isIPv4 } from './address.ts';
import type { Lookups } from './lookup.ts';
import { browserMatcher } from './plain/patterns.ts';
import { zoneOffset } from './zone.ts';

export interface NodeWorld {
  lookups: Lookups;
  myIp: readonly string[];
  now: number;
  zone: string;
  alerts: string[];
  /** Whether the text matches the regular expression; computed where a limit ends it. */
  matches: (source: string, text: string) => boolean;
  /** Waits for something outside the engine. */
  waiting: <T>(until: Promise<T>) => Promise<T>;
}

export type NodeHelpers = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The functions for pac-resolver's `sandbox` option. Those that may wait are async functions: it looks for that. */
export function nodeHelpers(world: () => NodeWorld, own: NodeHelpers): NodeHelpers {
  const resolve = async (host: unknown): Promise<string | null> => {
    if (typeof host !== 'string' || host === '') return null;
    if (isAddress(host)) return host;
    const { lookups, waiting } = world();
    const name = domainToASCII(host) || host;
    if (lookups.ask(name, 'A') === 'pending') await waiting(lookups.fill());
    const found = lookups.ask(name, 'A');
    return Array.isArray(found) ? (found[0] as string) : null;
  };
  return {
    ...own,
    alert: (message) => void world().alerts.push(textOf(message)),
    dnsResolve: async (host) => resolve(host),
    isResolvable: async (host) => (await resolve(host)) !== null,
    isInNet: async (host, pattern, mask) => {
      const address = await resolve(host);
      if (address === null) return false;
      return Boolean(await world().waiting(Promise.resolve(own['isInNet']?.(address, pattern, mask))));
    },
    myIpAddress: async () => world().myIp.find(isIPv4) ?? world().myIp[0] ?? '127.0.0.1',
    shExpMatch: (text, pattern) => shellMatch(textOf(text), textOf(pattern), world().matches),
    timeRange: (...args) => timeRange(clockOf(world()), args),
    weekdayRange: (...args) => weekdayRange(clockOf(world()), args),
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === null ? 'null' : value === undefined ? 'undefined' : '[object Object]';
}

/**
 * pac-resolver makes a regular expression of the pattern and runs it outside the engine, where nothing can end it. Patterns
 * without other live characters need none; the others are compiled as it does, for their errors, and run inside.
 */
function shellMatch(text: string, pattern: string, matches: NodeWorld['matches']): boolean {
  if (!/[\n\r\u2028\u2029]/.test(text)) {
    const plain = browserMatcher(pattern);
    if (plain) return plain(text);
  }
  const source = `^${pattern.replace(/\./g, '\\.').replace(/\?/g, '.').replace(/\*/g, '.*')}$`;
  return matches(new RegExp(source).source, text);
}

/** The same instant twice: read with the UTC getters, `local` shows the zone's fields. */
interface TwoClocks {
  readonly utc: Date;
  readonly local: Date;
}

const clockOf = (world: NodeWorld): TwoClocks => ({
  utc: new Date(world.now),
  local: new Date(world.now + zoneOffset(world.zone, world.now)),
});

/** pac-resolver: two hours are a half-open range, nothing wraps, a wrong number of arguments is false. */
function timeRange(clocks: TwoClocks, args: readonly unknown[]): boolean {
  const utc = args.at(-1) === 'GMT';
  const clock = utc ? clocks.utc : clocks.local;
  const numbers = (utc ? args.slice(0, -1) : args).map((value) => parseInt(textOf(value), 10));
  const [a = NaN, b = NaN, c = NaN, d = NaN, e = NaN, f = NaN] = numbers;
  const hour = clock.getUTCHours();
  const minute = hour * 3600 + clock.getUTCMinutes() * 60;
  if (numbers.length === 1) return hour === a;
  if (numbers.length === 2) return a <= hour && hour < b;
  if (numbers.length === 4) return a * 3600 + b * 60 <= minute && minute <= c * 3600 + d * 60 + 59;
  if (numbers.length !== 6) return false;
  const second = minute + clock.getUTCSeconds();
  return a * 3600 + b * 60 + c <= second && second <= d * 3600 + e * 60 + f;
}

const weekdays: readonly unknown[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** pac-resolver: wraps, and a second name it does not know is left out. */
function weekdayRange(clocks: TwoClocks, [first, second, third]: readonly unknown[]): boolean {
  const utc = third === 'GMT' || second === 'GMT';
  const today = (utc ? clocks.utc : clocks.local).getUTCDay();
  const start = weekdays.indexOf(first);
  const end = weekdays.indexOf(second);
  if (end < 0 || (second === 'GMT' && third !== 'GMT')) return today === start;
  return start <= end ? start <= today && today <= end : start <= today || today <= end;
}
