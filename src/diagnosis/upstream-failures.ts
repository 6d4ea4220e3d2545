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
  confidence: Confidence;
}

/** Error types of RFC 9209 2.3. */
const reasons: Readonly<Record<string, Obstacle>> = {
  dns_error: 'name',
  dns_timeout: 'name',
  connection_refused: 'refused',
  connection_timeout: 'silent',
  destination_ip_prohibited: 'prohibited',
};

/** Squid puts the error number of its machine behind ERR_CONNECT_FAIL: those of Linux and of the BSDs. */
const numbers: Readonly<Record<string, Obstacle>> = { 111: 'refused', 61: 'refused', 110: 'silent', 60: 'silent' };

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

/** Whether the proxy says that it is the way to the destination that failed. */
export const obstacleTold = (view: View, reply: Reply): boolean =>
  upstreamFailures(view).some((failure) => failure.reply === reply && failure.confidence === 'certain');

function obstacleOf(
  { reason, page, pageError, status }: Reply,
  logged: UpstreamFailure['logged'],
): Pick<UpstreamFailure, 'obstacle' | 'said' | 'confidence'> | undefined {
  const certain = { confidence: 'certain' } as const;
  const byReason = reasons[reason ?? ''];
  if (byReason) return { obstacle: byReason, said: `its Proxy-Status says ${String(reason)}`, ...certain };
  if (page === 'ERR_DNS_FAIL') return { obstacle: 'name', said: `its page is ${page}`, ...certain };
  const byNumber = page === 'ERR_CONNECT_FAIL' ? numbers[pageError ?? ''] : undefined;
  if (byNumber) return { obstacle: byNumber, said: `its page is ${String(page)} ${String(pageError)}`, ...certain };
  const failure = logged?.data.failure ?? '';
  const byLog = failure.startsWith('dns.') ? 'name' : failures[failure];
  if (byLog) return { obstacle: byLog, said: `its log says ${failure}`, ...certain };
  // By RFC 9110 15.6.5 nobody answered the proxy in time; some proxies say it of names too.
  if (status === 504 && reason === undefined && page === undefined)
    return {
      obstacle: 'silent',
      said: 'it gave no reason, and 504 means that nobody answered in time',
      confidence: 'likely',
    };
  // Squid 5 says so of a tunnel to a name without an address (measured); rarely of one whose parents are all down.
  if (page !== 'ERR_CANNOT_FORWARD') return undefined;
  return { obstacle: 'name', said: `its page is ${page}: Squid found no way there`, confidence: 'likely' };
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
      of(view).map(({ reply, logged, said, confidence }) => ({
        about: `${reply.host}:${reply.port} at ${reply.proxy}`,
        confidence,
        why: `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with ${reply.status}: ${why(reply)}; ${said}.`,
        evidence: [...reply.evidence, ...seqs(logged)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished, logged),
      })),
  };
}
