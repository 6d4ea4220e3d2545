import { sayDuration } from '../../duration.ts';
import { decisionOf } from '../../trace/discovery.ts';
import type { Decision } from '../../trace/discovery.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, shown } from '../candidates.ts';
import { howItFailed, isUnreachable } from '../fail-open.ts';
import { wasProxied } from '../people.ts';
import { rule } from '../rule.ts';

interface Late {
  request: Request;
  decision: Decision;
  moved: TraceEvent<'client.network'>;
  /** A request of the same machine or another that a proxy carried in the new network. */
  other: Request | undefined;
}

/** Direct, because of a search in the network before, and in vain here. */
const lateOnes = kept((view): readonly Late[] =>
  requestsOf(view).flatMap((request) => {
    const moved = lastMove(view, request);
    const [first] = request.attempts;
    if (!moved || first?.proxy !== null || !isUnreachable(first)) return [];
    const decision = decisionOf(view, request);
    const searched = decision.searches.length > 0 && decision.searches.every(({ started }) => started.seq < moved.seq);
    if (!decision.withoutScript || decision.answered || !searched) return [];
    const other = requestsOf(view).find(
      (one) => one.started.seq > moved.seq && one.client !== request.client && wasProxied(one),
    );
    return [{ request, decision, moved, other }];
  }),
);

const lastMove = (view: View, { client, started }: Request): TraceEvent<'client.network'> | undefined =>
  view.ofType('client.network').findLast(({ seq, data }) => data.client === client && seq < started.seq);

export const envVpnUp = rule({
  id: 'env-vpn-up',
  title: 'The VPN is up, and the program still goes without a proxy as it did at home',
  severity: 'error',
  summary:
    'At home there was no script, and the program remembers that: .NET Framework for 600 s, and it listens for a new network ' +
    'only where it detects automatically. In the VPN suffix, resolver, option 252 and script are others, direct traffic is ' +
    'blocked, and the program does not ask again.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` after the address in `ip.src` has changed, and no GET for the script ' +
    'in between; a program that was started later asks for it.',
  fix: 'Restart the program when the VPN is up (for the connector: its service), or start it after the VPN; autoConfigUrlRetryInterval under webProxyScript shortens the wait.',
  refutedIf: 'The program asked for the script again in the new network, or direct connections are let out there.',
  alternatives: [],
  needs: [
    { says: 'a machine that changed its network', seen: (view) => view.ofType('client.network') },
    {
      says: 'a request that went direct in vain, by a search in the network before',
      seen: (view) => lateOnes(view).map(({ request }) => request.started),
    },
  ],
  find: (view) =>
    lateOnes(view).map(({ request, decision, moved, other }) => {
      const { client, target, attempts, routes, finished, started } = request;
      const [first] = attempts;
      const search = [...decision.searches.flatMap((one) => [one.started, one.finished]), ...decision.downloads];
      const age = sayDuration(started.at - (decision.searches[0]?.started.at ?? 0));
      const { address, suffix } = moved.data;
      return {
        about: client,
        confidence: other ? 'certain' : 'likely',
        why:
          `${client} is at ${address}${suffix === null ? '' : ` (${suffix})`} now and goes by what it found ${age} ago in another network: no script; ` +
          `the direct connection to ${target.host}:${target.port} ${howItFailed(first?.failure ?? null)}${other ? `, while ${other.client} goes by ${other.attempts.at(-1)?.route ?? ''}` : ''}.`,
        evidence: seqs(
          search,
          moved,
          routes,
          first && shown(request, first),
          finished,
          other && [other.routes, other.finished],
        ),
        explains: [...allOf(request), ...seqs(search), ...searchOf(view, request, moved)],
      };
    }),
});

/** What the search before the move left behind, and the requests that it sent direct at home. */
const searchOf = (view: View, { client }: Request, moved: TraceEvent): number[] =>
  requestsOf(view)
    .filter((one) => one.client === client && one.started.seq < moved.seq)
    .flatMap((one) => [...allOf(one), ...seqs(view.between(one.started.seq, one.routes?.seq ?? one.started.seq))]);
