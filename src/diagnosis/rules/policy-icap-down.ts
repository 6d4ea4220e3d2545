import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** Nothing but the proxy itself can mean these; without a reason 500 to CONNECT is the proxy's own as well. */
const isOwnFailure = ({ status, reason, page, method }: Reply): boolean =>
  status === 500 &&
  (page === 'ERR_ICAP_FAILURE' ||
    reason === 'proxy_internal_error' ||
    (method === 'CONNECT' && reason === undefined && page === undefined));

const failures = (view: View): Reply[] => repliesOf(view).filter((reply) => isOwnFailure(reply) && !isRelayed(reply));

export const policyIcapDown = rule({
  id: 'policy-icap-down',
  title: 'The proxy fails inside, most often at its content scanner',
  severity: 'error',
  summary:
    'The proxy answers 500 before it looks for the destination. The usual cause is a scanner (ICAP) that every request must ' +
    'pass and that does not answer, on a proxy set to fail closed.',
  confirm:
    'Filter `http.response.code==500` on the proxy’s port and read the page (Squid: `X-Squid-Error: ERR_ICAP_FAILURE`); on the proxy, its log of the scanner.',
  fix: 'Bring the scanner back or let the proxy bypass it when it is down; exempt the connector’s hosts from scanning, tunnels cannot be scanned anyway.',
  refutedIf: 'The proxy’s log names another failure of its own.',
  alternatives: [],
  needs: [{ says: 'a 500 of the proxy itself', seen: (view) => events(failures(view)) }],
  find: (view) =>
    failures(view).map((reply) => ({
      about: reply.proxy,
      confidence: reply.page === 'ERR_ICAP_FAILURE' ? 'certain' : 'likely',
      why:
        `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with 500` +
        (reply.page === undefined && reply.reason === undefined
          ? ' and gave no reason.'
          : `; its reason is ${reply.page ?? String(reply.reason)}.`),
      evidence: reply.evidence,
      explains: seqs(reply.owner?.attempt.events, reply.owner?.request.finished),
    })),
});
