/** Attempts to open a TCP connection, and the names that addresses go by. */
import type { TraceEvent } from './events.ts';
import { groupIn, kept } from './view.ts';

export interface Endpoint {
  ip: string;
  port: number;
}

/** One SYN with its retransmissions, and what came of it. */
export interface Dial {
  from: string;
  to: Endpoint;
  /** The part that dialled; null when the connection opened, where the trace names both addresses only. */
  by: string | null;
  outcome: 'opened' | 'refused' | 'prohibited' | 'silent';
  conn: number | null;
  /** Number of SYNs that got no answer. */
  silentSyns: number;
  /** Milliseconds that the dialler waited in vain; 0 unless silent. */
  waited: number;
  events: readonly TraceEvent<'tcp.syn' | 'tcp.timeout' | 'tcp.refused' | 'tcp.opened'>[];
  seq: number;
}

/** Milliseconds within which a SYN from the same port is the same one again: RST is no last word to Windows. */
const againWithin = 2000;

/** Every dial, in the order in which they began. */
export const dialsOf = kept((view): readonly Dial[] => {
  const dials: Dial[] = [];
  const silent = new Map<string, TraceEvent<'tcp.syn' | 'tcp.timeout'>[]>();
  const refused = new Map<string, Dial>();
  for (const event of view.events) {
    if (!isDialling(event)) continue;
    const key = `${event.data.from} ${event.data.to}`;
    if (event.type === 'tcp.syn' || event.type === 'tcp.timeout') {
      groupIn(silent, key, () => []).push(event);
      continue;
    }
    const dial = answered(event);
    const before = refused.get(key);
    if (before && isAgain(before, event))
      Object.assign(before, dial, { seq: before.seq, events: [...before.events, event] });
    else {
      dials.push(dial);
      refused.set(key, dial);
    }
  }
  for (const events of silent.values()) dials.push(silentDial(events));
  return dials.sort((left, right) => left.seq - right.seq);
});

/** The names that clients got an address for, in lower case. */
export const namesByAddress = kept((view): ReadonlyMap<string, ReadonlySet<string>> => {
  const names = new Map<string, Set<string>>();
  for (const { data } of view.ofType('dns.resolved')) {
    for (const address of data.addresses) {
      const known = groupIn(names, address, () => new Set());
      for (const name of [data.name, ...data.asked]) known.add(bare(name));
    }
  }
  return names;
});

/** Whether an address of the trace is the host and port that somebody wanted. An address without a name may be. */
export function isDialTo(names: ReadonlyMap<string, ReadonlySet<string>>, to: Endpoint, wanted: HostPort): boolean {
  if (to.port !== wanted.port) return false;
  const host = bare(wanted.host);
  return isAddress(host) ? to.ip === host : (names.get(to.ip)?.has(host) ?? true);
}

export interface HostPort {
  host: string;
  port: number;
}

/** `10.20.0.8:8080`, `[2001:db8::8]:8080` → address and port. */
export function endpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  return { ip: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** Addresses of RFC 1918, RFC 4193 and of the machine itself: inside, as far as an address can tell. */
export const isPrivateAddress = (ip: string): boolean =>
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe80:)/i.test(ip);

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[|\]$/g, '');

type DialEvent = Dial['events'][number];

const isDialling = (event: TraceEvent): event is DialEvent => /^tcp\.(syn|timeout|refused|opened)$/.test(event.type);

const isAgain = ({ outcome, events }: Dial, { at }: DialEvent): boolean =>
  outcome === 'refused' && at - (events.at(-1)?.at ?? 0) <= againWithin;

function answered(event: TraceEvent<'tcp.refused' | 'tcp.opened'>): Dial {
  if (event.type === 'tcp.opened') return { ...said(event), by: null, outcome: 'opened', conn: event.data.conn };
  return { ...said(event), by: event.by, outcome: event.data.how === 'rst' ? 'refused' : 'prohibited', conn: null };
}

const said = (event: DialEvent) => ({
  from: event.data.from,
  to: endpoint(event.data.to),
  silentSyns: 0,
  waited: 0,
  events: [event],
  seq: event.seq,
});

function silentDial(events: readonly TraceEvent<'tcp.syn' | 'tcp.timeout'>[]): Dial {
  const [first] = events as [DialEvent, ...DialEvent[]];
  const timeout = events.find((event) => event.type === 'tcp.timeout');
  return {
    ...said(first),
    by: first.by,
    outcome: 'silent',
    conn: null,
    silentSyns: events.filter((event) => event.type === 'tcp.syn').length,
    // A capture does not show when the dialler gave up; it waited at least from the first SYN to the last.
    waited: timeout?.data.afterMs ?? (events.at(-1)?.at ?? first.at) - first.at,
    events,
  };
}
