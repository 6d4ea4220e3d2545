import { sayDuration } from '../../duration.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf, routeOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, isDead, shown } from '../candidates.ts';
import { downloadsOf } from '../downloads.ts';
import { scriptOf } from '../evaluations.ts';
import { howItFailed } from '../fail-open.ts';
import { rule } from '../rule.ts';

interface Stale {
  request: Request;
  /** The script of the network before. */
  script: TraceEvent<'pac.loaded'>;
  moved: TraceEvent<'client.network'>;
  dead: Attempt;
  /** A request for which the same proxy gave a connection before. */
  before: Request;
  /** Another machine that looked anew after its own move. */
  other: { moved: TraceEvent<'client.network'>; request: Request } | undefined;
}

const staleOf = kept((view): readonly Stale[] =>
  requestsOf(view).flatMap((request) => {
    const moved = lastMove(view, request);
    const script = moved && scriptOf(view, request);
    const [dead] = request.attempts;
    if (!moved || !script || script.seq > moved.seq || !dead || !isDead(dead)) return [];
    const before = requestsOf(view).find(
      (one) => one.client === request.client && one.started.seq < moved.seq && hasReached(one, dead.route),
    );
    return before ? [{ request, script, moved, dead, before, other: lookedAnew(view, request) }] : [];
  }),
);

const hasReached = ({ attempts }: Request, proxy: string): boolean =>
  attempts.some(({ route, conns }) => route === proxy && conns.length > 0);

const lastMove = (view: View, { client, started }: Request): TraceEvent<'client.network'> | undefined =>
  view.ofType('client.network').findLast(({ seq, data }) => data.client === client && seq < started.seq);

function lookedAnew(view: View, { client }: Request): Stale['other'] {
  for (const request of requestsOf(view)) {
    const moved = lastMove(view, request);
    const anew = moved && downloadsOf(view).some(({ fetched }) => fetched.seq > moved.seq && fetched.by === request.by);
    if (request.client !== client && request.ok && anew) return { moved, request };
  }
  return undefined;
}

export const selectStaleAfterVpn = rule({
  id: 'select-stale-after-vpn',
  title: 'The machine is in another network, and the client still goes by the proxies of the old one',
  severity: 'warning',
  summary:
    'A script is looked for again when the client notices a new network: Chromium 2 s, Firefox 3 s after an address ' +
    'changed, .NET Framework only where it detects automatically. A script at a fixed address, or a change of resolver ' +
    'or suffix alone, leaves the old decision in place: SYNs to proxies that are out of reach from here.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` towards the proxy, after the address in `ip.src` has ' +
    'changed, and no GET for the script in between.',
  fix:
    'Restart the program after the change of network (for the connector: its service). Let the script’s own host be ' +
    'reachable from every network and the script decide by addresses, or keep the proxies reachable without the VPN.',
  refutedIf: 'The client fetched its script again after the change, or the proxy is out of reach in both networks.',
  alternatives: [
    {
      id: 'env-vpn-down',
      tellApart:
        'What ended is a VPN: the address before was that of its adapter, and suffix, resolver, option 252 and script are those of home now.',
    },
  ],
  needs: [
    { says: 'a machine that changed its network', seen: (view) => view.ofType('client.network') },
    {
      says: 'a request by the script of the network before, to a proxy that is now out of reach',
      seen: (view) => staleOf(view).flatMap(({ dead }) => dead.finished ?? []),
    },
  ],
  find: (view) => staleOf(view).map((stale) => matchOf(view, stale)),
});

function matchOf(view: View, { request, script, moved, dead, before, other }: Stale) {
  const { client, routes, finished } = request;
  const { address, suffix } = moved.data;
  const place = suffix === null ? address : `${address} (${suffix})`;
  const age = sayDuration(request.started.at - script.at);
  const but = other
    ? `; ${other.request.client} looked for its script again and went by ${routeOf(other.request) ?? ''}`
    : '';
  const then = request.ok ? ` before it went on by ${routeOf(request) ?? ''}` : '';
  return {
    about: client,
    severity: request.ok ? ('warning' as const) : ('error' as const),
    confidence: 'certain' as const,
    why: `${client} is at ${place} now and still decides by the script it fetched ${age} ago: ${dead.route}, which it had reached before, ${howItFailed(dead.failure)}${then}${but}.`,
    evidence: seqs(
      script,
      before.routes,
      before.finished,
      moved,
      routes,
      shown(request, dead),
      finished,
      other && [other.moved, other.request.routes, other.request.finished],
    ),
    explains: [...allOf(request), ...(other ? allOf(other.request) : [])],
  };
}
