import { sayDuration } from '../../duration.ts';
import { dialsOf } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { ownersOf, proxyOf, requestsOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import { groupIn, kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, detoursAround, isDead, listOf, sayProxy, shown } from '../candidates.ts';
import { rule } from '../rule.ts';

/** A client passes over a proxy that failed for it once, though others connect to it again. */
interface Grudge {
  route: string;
  request: Request;
  before: { request: Request; attempt: Attempt };
  recovered: Dial;
}

const grudgesOf = kept((view): readonly Grudge[] =>
  requestsOf(view).flatMap((request) =>
    passedOver(request).flatMap((route) => {
      const before = lastFailure(view, request, route);
      const recovered = before && acceptedSince(view, before.attempt, request);
      return recovered ? [{ route, request, before, recovered }] : [];
    }),
  ),
);

/** Proxies that stand in the list before the first that was tried, and were not tried themselves. */
function passedOver(request: Request): string[] {
  const list = listOf(request);
  const tried = request.attempts.map(({ route }) => route);
  return list
    .slice(0, Math.max(0, list.indexOf(tried[0] ?? '')))
    .filter((route) => proxyOf(route) && !tried.includes(route));
}

function lastFailure(view: View, { client, started }: Request, route: string): Grudge['before'] | undefined {
  const earlier = requestsOf(view).filter((one) => one.client === client && one.started.seq < started.seq);
  return earlier
    .flatMap((request) => request.attempts.map((attempt) => ({ request, attempt })))
    .findLast(({ attempt }) => attempt.route === route && isDead(attempt));
}

function acceptedSince(view: View, failed: Attempt, { started }: Request): Dial | undefined {
  const [first] = failed.dials;
  return dialsOf(view).find(
    ({ outcome, to, seq }) =>
      outcome === 'opened' &&
      seq > (failed.finished?.seq ?? 0) &&
      seq < started.seq &&
      to.ip === first?.to.ip &&
      to.port === first.to.port,
  );
}

export const failoverStickyBadProxy = rule({
  id: 'failover-sticky-bad-proxy',
  title: 'A proxy is back, and clients still keep away from it',
  severity: 'warning',
  summary:
    'Browsers remember a proxy that failed: Chromium for 5 minutes, during which it comes last; Firefox for 30, during ' +
    'which it is left out. Until then all goes by the next entry, be it another site’s proxy or DIRECT.',
  confirm:
    'Filter `tcp.flags.syn==1` with the addresses of both proxies: SYNs of this machine to the second only, while ' +
    'others connect to the first. In Chromium: chrome://net-export shows DEPRIORITIZED_BAD_PROXIES.',
  fix:
    'Wait, or clear the memory: chrome://net-internals/#proxy has "Clear bad proxies", a restart or a change of network ' +
    'does it too; Firefox forgets with a new proxy setting (or lower network.proxy.failover_timeout).',
  refutedIf: 'The first proxy still refuses connections from this machine.',
  alternatives: [],
  needs: [
    {
      says: 'a request that passed over a proxy of its list which had failed before and accepts connections again',
      seen: (view) => grudgesOf(view).map(({ request }) => request.started),
    },
  ],
  find: (view) => {
    const byRoute = new Map<string, Grudge[]>();
    for (const grudge of grudgesOf(view)) groupIn(byRoute, grudge.route, () => []).push(grudge);
    return [...byRoute].map(([route, grudges]) => matchOf(view, route, grudges));
  },
});

function matchOf(view: View, route: string, grudges: readonly Grudge[]) {
  const last = new Map(grudges.map((grudge) => [grudge.request.client, grudge]));
  const kept = [...last.values()].map(({ request, before }) => {
    const age = sayDuration(request.started.at - (before.attempt.finished?.at ?? 0));
    return `${request.client} still goes by ${request.attempts[0]?.route ?? 'nothing'} ${age} after it failed`;
  });
  const [recovered] = grudges.map((grudge) => grudge.recovered);
  const user = recovered && ownersOf(view).get(recovered.seq)?.request.client;
  return {
    about: route,
    confidence: 'certain' as const,
    why: `${sayProxy(route)} accepts connections again${user === undefined ? '' : ` (${user} uses it)`}, but ${kept.join(', and ')}.`,
    evidence: seqs(
      grudges.flatMap(({ request, before, recovered }) => [
        before.request.routes,
        ...shown(before.request, before.attempt),
        ...recovered.events,
        request.routes,
        request.attempts[0]?.started,
        request.attempts[0]?.finished,
        request.finished,
      ]),
    ),
    explains: [
      ...grudges.flatMap(({ request, before }) => [...allOf(before.request), ...allOf(request)]),
      // What others went through while it was away.
      ...detoursAround(view, (attempt, { started }) => attempt.route === route && started.seq < (recovered?.seq ?? 0)),
    ],
  };
}
