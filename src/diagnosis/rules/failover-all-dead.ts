import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { allOf, isDead, sayAttempts, shown } from '../candidates.ts';
import { isUnreachable } from '../fail-open.ts';
import { rule } from '../rule.ts';

/** Every entry was tried in vain, two proxies at least. */
const deadLists = kept((view): readonly Request[] =>
  requestsOf(view).filter(
    ({ attempts }) =>
      attempts.every(isUnreachable) && new Set(attempts.filter(isDead).map(({ route }) => route)).size > 1,
  ),
);

export const failoverAllDead = rule({
  id: 'failover-all-dead',
  title: 'No proxy of the list can be reached',
  severity: 'error',
  summary:
    'Every entry was tried, and none gave a connection. Browsers then show an error and never go direct ' +
    '(ERR_PROXY_CONNECTION_FAILED, -130; proxyConnectFailure in Firefox); pac-proxy-agent lists them all in its error.',
  confirm:
    'Filter `tcp.flags.syn==1 || tcp.flags.reset==1` with the addresses of the proxies: a SYN to each, answered by ' +
    'RST or by nothing. From the client: `Test-NetConnection <proxy> -Port <port>` for each.',
  fix:
    'Bring one of the proxies back. When all of them fail at once, look for what they share: one firewall rule, one ' +
    'load balancer, one subnet, or a script that names proxies of another site.',
  refutedIf: 'One of the proxies accepts a connection from this machine.',
  alternatives: [],
  needs: [
    {
      says: 'a request whose whole list of proxies was out of reach',
      seen: (view) => deadLists(view).flatMap(({ finished }) => finished ?? []),
    },
  ],
  find: (view) =>
    deadLists(view).map((request) => {
      const { client, url, attempts, routes, finished } = request;
      const said = finished?.data.error?.text;
      return {
        about: [...new Set(routes?.data.routes)].join('; '),
        confidence: 'certain',
        why: `${client} could not reach ${url}: ${sayAttempts(attempts)}${said === undefined ? '' : `; it says "${said}"`}.`,
        evidence: seqs(
          routes,
          attempts.flatMap((attempt) => shown(request, attempt)),
          finished,
        ),
        explains: allOf(request),
      };
    }),
});
