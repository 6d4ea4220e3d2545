/**
 * What programs outside the lab must have been doing, told as clients of the story tell it. They say nothing of
 * themselves; but the lab has every byte, and whoever reads captures infers the same from them: what was looked up,
 * fetched and tried, by which route, and how it ended. With these events the rules see what they see of any client.
 *
 * Inferred events exist for a diagnosis alone: they are in no trace, and its findings name events of the trace.
 */
import { framesOf } from '../capture/frames.ts';
import { toPcapng } from '../capture/pcapng.ts';
import { diagnose } from '../diagnosis/index.ts';
import { readEvidence } from '../evidence/index.ts';
import type { Finding } from '../finding.ts';
import { splitHostPort } from '../net/address.ts';
import type { TraceEvent } from '../trace/events.ts';
import { OpenTries } from './given-up.ts';
import { withPresumed } from './presumed.ts';
import type { Piece } from './presumed.ts';

/** Findings of a trace in which programs outside the lab took part. Without bytes it speaks for itself alone. */
export async function diagnoseOutside(trace: readonly TraceEvent[]): Promise<Finding[]> {
  const strangers = strangersIn(trace);
  if (strangers.size === 0 || !trace.some(({ type }) => type === 'tcp.data' || type === 'udp.data'))
    return diagnose(trace);
  const known = merged(trace, strangers, await inferredFrom(trace, strangers));
  const pieces = await withPresumed(known, strangers);
  const events = pieces.map(({ event }, index) => ({ ...event, seq: index + 1 }));
  return diagnose(events).map((finding) => ({
    ...finding,
    evidence: [...new Set(finding.evidence.flatMap((seq) => pieces[seq - 1]?.seen ?? []))].toSorted((a, b) => a - b),
  }));
}

/** What programs outside must have done, as far as the bytes of the trace tell. */
export async function inferredEvents(trace: readonly TraceEvent[]): Promise<TraceEvent[]> {
  const strangers = strangersIn(trace);
  if (strangers.size === 0) return [];
  return (await inferredFrom(trace, strangers)).map(({ event }) => event);
}

interface Inferred extends Piece {
  /** It comes right behind this event of the trace. */
  after: number;
}

const ipOf = (endpoint: string): string => splitHostPort(endpoint)?.host ?? endpoint;

/** Addresses of programs outside the lab. */
function strangersIn(trace: readonly TraceEvent[]): ReadonlySet<string> {
  const outside = trace.filter(({ by }) => by === 'outside');
  return new Set(
    outside.flatMap(({ data }) => ('from' in data && typeof data.from === 'string' ? [ipOf(data.from)] : [])),
  );
}

async function inferredFrom(trace: readonly TraceEvent[], strangers: ReadonlySet<string>): Promise<Inferred[]> {
  const bytes = toPcapng({ title: 'what strangers did', events: trace });
  const { events } = await readEvidence([{ name: 'lab.pcapng', size: bytes.length, open: () => once(bytes) }]);
  const frames = framesOf(trace);
  const connections = connectionsOf(trace, events);
  const inferred: Inferred[] = [];
  let after = 0;
  for (const event of events) {
    const seen = event.frame === undefined ? undefined : frames[event.frame - 1]?.seq;
    if (isInferred(event, strangers)) inferred.push({ event: renumbered(event, connections), seen, after });
    else after = Math.max(after, seen ?? 0);
  }
  return inferred;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What a client would tell; the wire itself is in the trace already. */
const isInferred = ({ by, type }: TraceEvent, strangers: ReadonlySet<string>): boolean =>
  by.startsWith('client:') && strangers.has(by.slice('client:'.length)) && !/^(tcp|udp)\./.test(type);

/** Numbers of connections in the capture → in the trace: by both ends. */
function connectionsOf(trace: readonly TraceEvent[], captured: readonly TraceEvent[]): ReadonlyMap<number, number> {
  const ends = new Map(
    trace.flatMap(({ type, data }) => (type === 'tcp.opened' ? [[`${data.from} ${data.to}`, data.conn] as const] : [])),
  );
  return new Map(
    captured.flatMap(({ type, data }) => {
      const own = type === 'tcp.opened' ? ends.get(`${data.from} ${data.to}`) : undefined;
      return own === undefined || !('conn' in data) ? [] : [[Number(data.conn), own] as const];
    }),
  );
}

function renumbered(event: TraceEvent, connections: ReadonlyMap<number, number>): TraceEvent {
  const { data } = event;
  if (!('conn' in data) || typeof data.conn !== 'number') return event;
  // Only the number changes; the type of an event cannot be carried through a copy of its data.
  return { ...event, data: { ...data, conn: connections.get(data.conn) ?? data.conn } } as TraceEvent;
}

/** Both lists as one, in the order of what was seen; what strangers did on the wire is theirs by name. */
function merged(trace: readonly TraceEvent[], strangers: ReadonlySet<string>, inferred: readonly Inferred[]): Piece[] {
  const homes = new Map(
    trace.flatMap(({ type, data }) => (type === 'tcp.opened' ? [[data.conn, ipOf(data.from)] as const] : [])),
  );
  const pieces: Piece[] = [];
  const tries = new OpenTries();
  const add = (piece: Piece): void => {
    pieces.push(piece, ...tries.after(piece.event).map((event) => ({ event, seen: piece.seen })));
  };
  let next = 0;
  for (const event of trace) {
    for (; (inferred[next]?.after ?? Infinity) < event.seq; next += 1) inferred.slice(next, next + 1).forEach(add);
    add({ event: { ...event, by: actorOf(event, homes, strangers) }, seen: event.seq });
  }
  inferred.slice(next).forEach(add);
  return pieces;
}

function actorOf(event: TraceEvent, homes: ReadonlyMap<number, string>, strangers: ReadonlySet<string>): string {
  const { by, type, data } = event;
  if (by !== 'outside') return by;
  // Both ends open a connection.
  if (type === 'tcp.opened') return 'net';
  const ip =
    'from' in data && typeof data.from === 'string'
      ? ipOf(data.from)
      : homes.get('conn' in data ? Number(data.conn) : 0);
  return ip !== undefined && strangers.has(ip) ? `client:${ip}` : by;
}
