import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const reasons = new Set(['destination_unavailable', 'connection_limit_reached']);

const retryAfter = ({ response }: Reply): string | undefined => header(response.data.headers, 'retry-after');

const overloads = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      reply.status === 503 && !isRelayed(reply) && (reasons.has(reply.reason ?? '') || retryAfter(reply) !== undefined),
  );

export const policy503Overload = rule({
  id: 'policy-503-overload',
  title: 'The proxy is at its limit',
  severity: 'warning',
  summary:
    'The proxy answers 503 for a while: it, or its way to the destination, has no room for another connection. Few clients ' +
    'heed Retry-After; most fail at once.',
  confirm:
    'Filter `http.response.code==503` on the proxy’s port; look for Retry-After and for 200 to the same CONNECT later.',
  fix: 'Give the proxy more connections or another machine; take the connector’s many long tunnels into account (up to 200 through one proxy).',
  refutedIf: 'The 503 comes to every request, for hours: then the proxy is down or misconfigured, not busy.',
  alternatives: [],
  needs: [
    {
      says: 'a 503 of the proxy with Retry-After, or with a limit as its reason',
      seen: (view) => events(overloads(view)),
    },
  ],
  find: (view) =>
    overloads(view).map((reply) => {
      const wait = retryAfter(reply);
      const later = repliesOf(view).find(
        ({ response, status, method, host }) =>
          response.seq > reply.response.seq && status < 400 && method === reply.method && host === reply.host,
      );
      return {
        about: reply.proxy,
        confidence: reasons.has(reply.reason ?? '') ? 'certain' : 'likely',
        severity: later ? 'warning' : 'error',
        why:
          `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with 503` +
          (wait === undefined ? '' : ` and asks to come back after ${wait}`) +
          (reply.reason === undefined ? '' : `; its Proxy-Status says ${reply.reason}`) +
          (later ? `. Later the same passed (${later.status}).` : '.'),
        evidence: [...reply.evidence, ...seqs(later?.response)],
        explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
      };
    }),
});
