import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const isStated = ({ page }: Reply): boolean => page === 'ERR_SHUTTING_DOWN';

/** 503 of the proxy itself; one that gives another reason, or a time to come back, says something else. */
const closing = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      reply.status === 503 &&
      !isRelayed(reply) &&
      reply.reason === undefined &&
      (isStated(reply) ||
        (reply.page === undefined && header(reply.response.data.headers, 'retry-after') === undefined)),
  );

export const proxyShutdown = rule({
  id: 'proxy-shutdown',
  title: 'The proxy takes no new requests',
  severity: 'error',
  summary:
    'The proxy answers 503 at once: it is shutting down, or out of service on purpose. What stood before may live on for a ' +
    'while, so some programs still work.',
  confirm:
    'Filter `http.response.code==503` on the proxy’s port; Squid names its page: `X-Squid-Error: ERR_SHUTTING_DOWN`.',
  fix: 'Wait for the restart or the end of the maintenance; let the load balancer take a proxy out before it is shut down.',
  refutedIf: 'The same proxy answers other requests with 200 at the same time.',
  alternatives: [
    { id: 'policy-503-overload', tellApart: 'It comes and goes with the load, and the proxy’s log names a limit.' },
  ],
  needs: [{ says: 'a 503 of the proxy that names no other reason', seen: (view) => events(closing(view)) }],
  find: (view) =>
    closing(view).map((reply) => ({
      about: reply.proxy,
      confidence: isStated(reply) ? 'certain' : 'possible',
      why:
        `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with 503` +
        (isStated(reply) ? '; its page is ERR_SHUTTING_DOWN.' : ' and gave no reason.'),
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
      ...(isStated(reply) ? { alternatives: [] } : {}),
    })),
});
