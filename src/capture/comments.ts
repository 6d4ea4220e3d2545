/**
 * Which packet tells of which event, so that a capture and a report can be read side by side. Events of the wire have
 * packets of their own; what a part made of the bytes stands at the packet that brought them, what it is about to
 * answer at the packet that carries the answer; anything else is named only where a finding rests on it, at the packet
 * before.
 */
import type { Finding } from '../finding.ts';
import type { EventType, TraceEvent } from '../trace/events.ts';
import { groupIn } from '../trace/view.ts';
import type { Frame } from './frames.ts';

/** Written before the bytes leave. */
const ahead = new Set<EventType>([
  'dns.answer',
  'http.response',
  'origin.response',
  'proxy.response',
  'proxy.challenged',
  'proxy.tunnel',
]);
/** Worth a comment without a finding. */
const rooms = new Set(['dns', 'tcp', 'tls', 'http', 'origin', 'proxy']);
const unspoken = new Set<EventType>(['tls.keys', 'dns.resolved']);

/** Comments by frame: the events it shows or brings about, then the findings that rest on them. */
export function commentsOf(
  events: readonly TraceEvent[],
  frames: readonly Frame[],
  findings: readonly Finding[],
): Map<Frame, string> {
  const evidence = new Map<number, Finding[]>();
  for (const finding of findings) {
    for (const seq of finding.evidence) groupIn(evidence, seq, () => []).push(finding);
  }
  const spoken = new Map<Frame, TraceEvent[]>();
  const anchors = anchorsOf(events, frames);
  for (const event of events) {
    const frame = anchors.get(event.seq);
    if (frame && (isWire(event) || evidence.has(event.seq))) groupIn(spoken, frame, () => []).push(event);
  }
  return new Map([...spoken].map(([frame, told]) => [frame, sayAll(told, evidence)]));
}

const isWire = ({ type }: TraceEvent): boolean =>
  type === 'udp.data' || (rooms.has(type.slice(0, type.indexOf('.'))) && !unspoken.has(type));

function sayAll(events: readonly TraceEvent[], evidence: ReadonlyMap<number, readonly Finding[]>): string {
  const findings = new Set(events.flatMap(({ seq }) => evidence.get(seq) ?? []));
  return [
    ...events.map(({ seq, type, by }) => `event ${seq}: ${type} by ${by}`),
    ...[...findings].map(({ id, title }) => `finding ${id}: ${title}`),
  ].join('\n');
}

/** The frame of every event, if there are frames at all. */
function anchorsOf(events: readonly TraceEvent[], frames: readonly Frame[]): ReadonlyMap<number, Frame> {
  const own = new Map<number, Frame>();
  for (const frame of frames) {
    const known = own.get(frame.seq);
    // A frame with content says more than the acknowledgement beside it.
    if (!known || (known.payload.length === 0 && frame.payload.length > 0)) own.set(frame.seq, frame);
  }
  const before = nearest(events, own);
  const after = nearest(events.toReversed(), own);
  const anchors = new Map<number, Frame>();
  for (const { seq, type } of events) {
    const [first, second] = ahead.has(type) ? [after, before] : [before, after];
    const frame = own.get(seq) ?? first.get(seq) ?? second.get(seq);
    if (frame) anchors.set(seq, frame);
  }
  return anchors;
}

/** For every event the last frame before it, in the given order: of its own conversation if there is one. */
function nearest(events: readonly TraceEvent[], own: ReadonlyMap<number, Frame>): Map<number, Frame> {
  const found = new Map<number, Frame>();
  const latest = new Map<string, Frame>();
  for (const event of events) {
    const frame = own.get(event.seq);
    const keys = frame ? frameKeys(event, frame) : eventKeys(event);
    for (const key of frame ? keys : []) latest.set(key, frame as Frame);
    const known = keys.map((key) => latest.get(key)).find((candidate) => candidate !== undefined);
    if (known) found.set(event.seq, known);
  }
  return found;
}

const anywhere = 'anywhere';

/** What a frame may be looked up by. */
function frameKeys(event: TraceEvent, { payload }: Frame): string[] {
  switch (event.type) {
    case 'udp.data':
      return [`dns ${(payload[0] ?? 0) * 256 + (payload[1] ?? 0)}`, anywhere];
    case 'tcp.syn':
      return [`${event.data.from} ${event.data.to}`, anywhere];
    case 'tcp.data':
      return [`${event.data.conn} ${event.data.dir}`, `${event.data.conn}`, anywhere];
    case 'tcp.opened':
    case 'tcp.fin':
    case 'tcp.rst':
      return [`${event.data.conn}`, anywhere];
    default:
      return [anywhere];
  }
}

/** What an event looks its frame up by, the best first. */
function eventKeys(event: TraceEvent): string[] {
  const { conn, from, to, id, transport } = event.data as Partial<Record<string, string | number>>;
  const keys = [anywhere];
  if (conn !== undefined) keys.unshift(`${conn} ${carrierOf(event)}`, `${conn}`);
  if (from !== undefined) keys.unshift(`${from} ${to}`);
  if (transport === 'udp') keys.unshift(`dns ${id}`);
  return keys;
}

/** The direction of the bytes that an event is about: answers go down, and a client's handshake ends with what came down. */
const carrierOf = (event: TraceEvent): 'up' | 'down' =>
  ahead.has(event.type) || ('role' in event.data && event.data.role === 'client') ? 'down' : 'up';
