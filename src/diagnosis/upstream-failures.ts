/** Answers by which a proxy says that it could not, or would not, connect to the destination: and why, in its own words. */
import type { Confidence } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { isRelayed, repliesOf } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';
import type { Match, Need } from './rule.ts';

export type Obstacle = 'name' | 'refused' | 'silent' | 'prohibited';

interface UpstreamFailure {
  reply: Reply;
  obstacle: Obstacle;
  /** The proxy's own log of the attempt. */
  logged: TraceEvent<'proxy.upstream-failed'> | undefined;
  /** What told the obstacle: `Proxy-Status says dns_error`. */
  said: string;
}

/** Error types of RFC 9209 2.3. */
const reasons: Readonly<Record<string, Obstacle>> = {
  dns_error: 'name',
  dns_timeout: 'name',
  connection_refused: 'refused',
  connection_timeout: 'silent',
  destination_ip_prohibited: 'prohibited',
};

const failures: Readonly<Record<string, Obstacle>> = { 'tcp.refused': 'refused', 'tcp.timeout': 'silent' };

/** Every such answer, in order. */
const upstreamFailures = kept((view): readonly UpstreamFailure[] =>
  repliesOf(view)
    .filter((reply) => reply.status >= 500 && !isRelayed(reply))
    .flatMap((reply) => {
      const logged = loggedOf(view, reply);
      const told = obstacleOf(reply, logged);
      return told ? [{ reply, logged, ...told }] : [];
    }),
);

function obstacleOf(
  { reason, page }: Reply,
  logged: UpstreamFailure['logged'],
): Pick<UpstreamFailure, 'obstacle' | 'said'> | undefined {
  const byReason = reasons[reason ?? ''];
  if (byReason) return { obstacle: byReason, said: `its Proxy-Status says ${String(reason)}` };
  if (page === 'ERR_DNS_FAIL') return { obstacle: 'name', said: `its page is ${page}` };
  const failure = logged?.data.failure ?? '';
  const byLog = failure.startsWith('dns.') ? 'name' : failures[failure];
  return byLog && { obstacle: byLog, said: `its log says ${failure}` };
}

function loggedOf(view: View, { request, response }: Reply): UpstreamFailure['logged'] {
  return pick(view.onConnection(response.data.conn), 'proxy.upstream-failed').find(
    ({ seq }) => seq > (request?.seq ?? 0) && seq < response.seq,
  );
}

/** What a rule of one obstacle needs, and its matches; `why` completes the sentence about the answer. */
export function ofObstacle(
  obstacle: Obstacle,
  why: (reply: Reply) => string,
): { needs: readonly Need[]; find: (view: View) => Match[] } {
  const of = (view: View): UpstreamFailure[] =>
    upstreamFailures(view).filter((failure) => failure.obstacle === obstacle);
  return {
    needs: [
      {
        says: 'an answer of the proxy that names this as the reason',
        seen: (view) => of(view).map(({ reply }) => reply.response),
      },
    ],
    find: (view) =>
      of(view).map(({ reply, logged, said }) => ({
        about: `${reply.host}:${reply.port} at ${reply.proxy}`,
        confidence: 'certain' satisfies Confidence,
        why: `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with ${reply.status}: ${why(reply)}; ${said}.`,
        evidence: [...reply.evidence, ...seqs(logged)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished, logged),
      })),
  };
}
