import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, isDead, listOf, sayProxy, shown } from '../candidates.ts';
import { howItFailed } from '../fail-open.ts';
import { rule } from '../rule.ts';

interface Single {
  request: Request;
  route: string;
  /** What it left untried of its own list. */
  untried: readonly string[];
  /** A client that failed at the same proxy, and went on by another. */
  other: Request | undefined;
}

/** One dead proxy was the end, though there is a second: in the client's own list, or in another client's. */
const singlesOf = kept((view): readonly Single[] =>
  requestsOf(view).flatMap((request) => {
    const [only, ...more] = request.attempts;
    if (!only || more.length > 0 || !isDead(only) || request.ok) return [];
    const untried = listOf(request).filter((route) => route !== only.route);
    const other = goesOn(view, only.route, request.client);
    return untried.length > 0 || other ? [{ request, route: only.route, untried, other }] : [];
  }),
);

const goesOn = (view: View, route: string, client: string): Request | undefined =>
  requestsOf(view).find(
    ({ client: name, attempts, ok }) =>
      name !== client &&
      ok &&
      attempts.at(-1)?.proxy !== null &&
      attempts.some((attempt) => attempt.route === route && isDead(attempt)),
  );

export const failoverCurlSingleProxy = rule({
  id: 'failover-curl-single-proxy',
  title: 'This client knows one proxy only, and that one is dead',
  severity: 'error',
  summary:
    'Lists of proxies are a matter of browsers and of .NET. curl and most command line tools take one proxy from the ' +
    'environment; a caller of WinHttpGetProxyForUrl takes the first of the list. When it is down they fail, while ' +
    'browsers on the same machine go on.',
  confirm:
    'Filter `tcp.flags.reset==1 || tcp.analysis.retransmission` with the port of the proxy: this client’s SYN is not ' +
    'accepted, and no SYN to another proxy follows. `env | grep -i proxy` shows what it has.',
  fix:
    'Give such clients a name that always leads to a live proxy (a virtual address, a load balancer), or point ' +
    'HTTPS_PROXY at the other proxy while this one is down.',
  refutedIf: 'A connection of the same client to another proxy follows the failure.',
  alternatives: [],
  needs: [
    {
      says: 'a request that ended at its only attempt, a dead proxy, though another proxy serves',
      seen: (view) => singlesOf(view).flatMap(({ request }) => request.finished ?? []),
    },
  ],
  find: (view) =>
    singlesOf(view).map(({ request, route, untried, other }) => {
      const [only] = request.attempts;
      const left = untried.length > 0 ? ` and left ${untried.map(sayProxy).join(' and ')} untried` : '';
      const others = other ? `; ${other.client} went on by ${other.finished?.data.route ?? 'another'}` : '';
      const evidence = [request, other].flatMap((one) =>
        one ? [one.routes, ...one.attempts.flatMap((attempt) => shown(one, attempt)), one.finished] : [],
      );
      return {
        about: route,
        confidence: 'certain',
        why: `${sayProxy(route)} ${howItFailed(only?.failure ?? null)}: ${request.client} gave up${left}${others}.`,
        evidence: seqs(evidence),
        explains: [...allOf(request), ...(other ? allOf(other) : [])],
      };
    }),
});
