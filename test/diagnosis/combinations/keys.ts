/** What two runs are compared by: their events, without what is only of one run. */
import { isMapping } from '../../../src/scenario/matrix.ts';
import type { TraceEvent } from '../../../src/trace/events.ts';

/** By number of event, in order. */
export function keysOf(events: readonly TraceEvent[]): ReadonlyMap<number, string> {
  const begun = endsBegun(events);
  return new Map(events.map((event) => [event.seq, keyOf(event, begun)]));
}

/** What differs from run to run, or only joins events. */
const passing = new Set([
  'conn',
  'upstream',
  'request',
  'id',
  'span',
  'afterMs',
  'ms',
  'waited',
  'from',
  'length',
  'why',
  'says',
  'script',
  'evaluation',
  'pen',
  'date',
  'bytes',
  'number',
  'serial',
  'certificate',
  'chain',
  'token',
  'next',
  'notBefore',
  'notAfter',
]);

/** Of a request's end only whether it went well: another fault may end it in another way. */
function keyOf({ seq, type, by, data }: TraceEvent, begun: ReadonlySet<number>): string {
  if (type === 'client.finished') return JSON.stringify([type, by, data.url, wentWell(data)]);
  if (type === 'tcp.fin' || type === 'tcp.rst') return JSON.stringify([type, by, data.dir, begun.has(seq)]);
  // A route that was taken for another reason is another route.
  return JSON.stringify([type, by, lasting(data), type === 'client.routes' ? data.why : null]);
}

/** Who ends a connection, or a tunnel of two, tells more than that both sides do: the other end only follows. */
function endsBegun(events: readonly TraceEvent[]): ReadonlySet<number> {
  const tunnels = new Map<number, number>();
  const ended = new Set<number>();
  const begun = new Set<number>();
  for (const { seq, type, data } of events) {
    if (type === 'proxy.tunnel' && data.upstream !== null) tunnels.set(data.upstream, data.conn);
    if (type !== 'tcp.fin' && type !== 'tcp.rst') continue;
    const whole = tunnels.get(data.conn) ?? data.conn;
    if (!ended.has(whole)) begun.add(seq);
    ended.add(whole);
  }
  return begun;
}

const wentWell = ({ error, status }: TraceEvent<'client.finished'>['data']): boolean =>
  error === null && status !== null && status < 400;

const lasting = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lasting);
  if (!isMapping(value)) return value;
  return Object.entries(value).flatMap(([name, each]) =>
    name === 'headers' ? [decidingIn(each as Headers)] : passing.has(name) ? [] : [[name, lasting(each)]],
  );
};

type Headers = readonly (readonly [string, string])[];

/** Headers that decide what the other end does, without nonces, tokens and lengths. */
const decidingIn = (headers: Headers): string[] =>
  headers
    .filter(([name]) => deciding.test(name))
    .map(
      ([name, value]) =>
        `${name}: ${value.replaceAll(/(nonce|opaque|response)="[^"]*"/g, '$1').replace(token, ' $1…')}`,
    );

const deciding = /^((proxy|www)-authenticate|(proxy-)?authorization|(proxy-)?connection|proxy-status|location)$/i;

/** Of NTLM's messages the twelve characters that tell which it is. */
const token = / (TlRMTVNTUAA.)?[A-Za-z0-9+/]{20,}=*$/;
