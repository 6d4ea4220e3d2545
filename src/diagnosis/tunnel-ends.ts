/** Tunnels that the proxy ends by itself, and what was going on in them then. */
import { ownersOf, requestsOf } from '../trace/requests.ts';
import type { Attempt } from '../trace/requests.ts';
import type { TraceEvent } from '../trace/events.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import type { Need } from './rule.ts';

type End = TraceEvent<'tcp.fin' | 'tcp.rst'>;

/** What was going on in a tunnel when the proxy ended it. */
type Kind =
  /** Nothing, for longer than ever before in this tunnel. */
  | 'idle'
  /** It was in use, and had been idle for longer before. */
  | 'busy'
  /** The destination had a request and had not answered yet. */
  | 'waiting'
  /** An answer was complete in the same moment. */
  | 'answered'
  /** The client had just taken the idle tunnel into use again. */
  | 'reused';

export interface TunnelEnd {
  kind: Kind;
  how: 'FIN' | 'RST';
  tunnel: TraceEvent<'proxy.tunnel'>;
  end: End;
  /** The proxy as the client addressed it, and the destination. */
  proxy: string;
  host: string;
  /** Milliseconds since something passed, and since the tunnel stood. */
  idle: number;
  age: number;
  evidence: number[];
  /** What the client makes of it: the failed attempt and request, when there is one. */
  explains: number[];
}

/** Below this nothing is idle: answers and handshakes take their time. */
const shortest = 1000;

export const tunnelEnds = kept((view): readonly TunnelEnd[] =>
  view.ofType('proxy.tunnel').flatMap((tunnel) => endOf(view, tunnel) ?? []),
);

export const endsOf = (view: View, kind: Kind, how?: TunnelEnd['how']): TunnelEnd[] =>
  tunnelEnds(view).filter((one) => one.kind === kind && (how === undefined || one.how === how));

/** A need that every rule of ended tunnels has. */
export const endNeed = (says: string, kind: Kind, how?: TunnelEnd['how']): Need => ({
  says,
  seen: (view) => endsOf(view, kind, how).map(({ end }) => end),
});

function endOf(view: View, tunnel: TraceEvent<'proxy.tunnel'>): TunnelEnd | undefined {
  const { conn, upstream, host } = tunnel.data;
  const events = [...new Set([...view.onConnection(conn), ...view.onConnection(upstream ?? conn)])]
    .filter(({ seq }) => seq > tunnel.seq)
    .sort((left, right) => left.seq - right.seq);
  // The first word that ends a connection tells who began: whatever follows is the answer to it.
  const [end] = pick(events, 'tcp.fin', 'tcp.rst');
  if (!end || end.by !== tunnel.by) return undefined;
  const uses = pick(events, 'tls.established', 'origin.request', 'origin.response').filter(({ seq }) => seq < end.seq);
  const last = uses.at(-1);
  if (!last) return undefined;
  const attempt = attemptDuring(view, conn, end.seq);
  const idle = end.at - last.at;
  const gaps = uses.map(({ at }, index) => at - (uses[index - 1] ?? tunnel).at);
  const rested = last.at - (uses.at(-2) ?? tunnel).at;
  const kind = kindOf({ end, last, attempt, idle, rested, survived: Math.max(...gaps) });
  if (!kind) return undefined;
  const route = ownersOf(view).get(tunnel.seq)?.attempt.proxy;
  const after = requestsOf(view).find(({ attempts }) => attempt !== undefined && attempts.includes(attempt));
  return {
    kind,
    how: end.type === 'tcp.fin' ? 'FIN' : 'RST',
    tunnel,
    end,
    proxy: route ? `${route.host}:${route.port}` : tunnel.data.proxy,
    host,
    idle,
    age: end.at - tunnel.at,
    evidence: seqs(
      tunnel,
      last,
      end,
      pick(events, end.type).filter(({ by, at }) => by === end.by && at === end.at),
      [attempt?.finished],
    ),
    explains: seqs(attempt?.events, after?.finished),
  };
}

/** The attempt that was under way in a tunnel when it ended, and failed with it. */
const attemptDuring = (view: View, conn: number, ended: number): Attempt | undefined =>
  requestsOf(view)
    .flatMap(({ attempts }) => attempts)
    .find(
      ({ started, finished, failure }) =>
        finished?.data.conn === conn && failure !== null && started.seq < ended && finished.seq > ended,
    );

interface Circumstances {
  end: End;
  last: TraceEvent<'tls.established' | 'origin.request' | 'origin.response'>;
  attempt: Attempt | undefined;
  idle: number;
  /** How long nothing had passed before the last use. */
  rested: number;
  survived: number;
}

function kindOf({ end, last, attempt, idle, rested, survived }: Circumstances): Kind | undefined {
  if (attempt && attempt.started.seq > last.seq) return 'reused';
  // In a capture the request may still have got through: it met the end on its way.
  if (attempt && last.type === 'origin.request' && idle < 1 && rested >= shortest) return 'reused';
  // Who ends it at once has not lost patience.
  if (last.type === 'origin.request') return idle < shortest ? undefined : 'waiting';
  if (last.type !== 'origin.response' || attempt) return undefined;
  if (idle < shortest) return end.type === 'tcp.rst' ? 'answered' : undefined;
  return survived > idle ? 'busy' : 'idle';
}
