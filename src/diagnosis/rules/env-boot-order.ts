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
import { rule } from '../rule.ts';

interface Early {
  client: string;
  decision: Decision;
  /** The first answer of any name server to this machine. */
  network: TraceEvent<'dns.answer'>;
  /** Requests after it that still went by the failed search. */
  stuck: readonly Request[];
  /** The search that found the script at last. */
  found: TraceEvent<'pac.fetched'>;
}

const early = kept((view): readonly Early[] =>
  view.ofType('client.started').flatMap(({ data: { client, address } }) => {
    const own = requestsOf(view).filter((request) => request.client === client);
    const decision = own[0] && decisionOf(view, own[0]);
    const failed = decision?.searches.findLast(({ finished }) => finished?.data.reason === 'dns.timeout')?.finished;
    const network = view.ofType('dns.answer').find(({ data }) => data.client === address);
    if (!decision || !failed || !network || network.seq < failed.seq) return [];
    const stuck = own.filter((request) => request.started.seq > failed.seq && wentBy(view, request, decision));
    const found = view
      .ofType('pac.fetched')
      .find(({ seq, data }) => seq > network.seq && data.client === client && data.accepted);
    return found && stuck.length > 0 ? [{ client, decision, network, stuck, found }] : [];
  }),
);

const wentBy = (view: View, request: Request, { searches }: Decision): boolean =>
  request.attempts[0]?.proxy === null &&
  isUnreachable(request.attempts[0]) &&
  decisionOf(view, request).searches[0]?.started === searches[0]?.started;

export const envBootOrder = rule({
  id: 'env-boot-order',
  title: 'The service started before the network, and remembers for ten minutes that there is no script',
  severity: 'error',
  summary:
    'At boot the service asks for wpad before any name server can be reached. The failed search counts like any other: .NET ' +
    'Framework does not ask again for 600 s, and goes direct meanwhile, where direct traffic is blocked.',
  confirm:
    'A capture that spans the boot: `dns.qry.name contains "wpad"` without any answer, then answers to other names, then SYNs to port 443 and no ' +
    'GET /wpad.dat for ten minutes. The event log has the service’s start before that of the network adapter.',
  fix: 'Set the service to “Automatic (Delayed Start)” or let it depend on the network; restart it now. autoConfigUrlRetryInterval under webProxyScript shortens the wait.',
  refutedIf: 'Other programs got answers from the name server when the service first asked.',
  alternatives: [],
  needs: [
    {
      says: 'a first search that nobody answered, before any answer of a name server',
      seen: (view) =>
        early(view).flatMap(({ decision }) => decision.searches.flatMap(({ finished }) => finished ?? [])),
    },
    { says: 'a later search that found the script', seen: (view) => early(view).map(({ found }) => found) },
  ],
  find: (view) =>
    early(view).map(({ client, decision, network, stuck, found }) => {
      const last = stuck.at(-1) as Request;
      const [first] = last.attempts;
      const search = decision.searches.find(({ started }) => started.data.source === 'dns') ?? decision.searches[0];
      const from = search?.started.seq ?? network.seq;
      return {
        about: client,
        confidence: 'likely',
        why:
          `${client} asked for ${search?.started.data.name ?? 'wpad'} before any name server answered, and the first answer to this machine came ` +
          `${sayDuration(network.at - (search?.started.at ?? 0))} later; ${sayDuration(last.started.at - (search?.started.at ?? 0))} after that search the direct connection to ` +
          `${last.target.host} ${howItFailed(first?.failure ?? null)}, and the script was fetched only after ${sayDuration(found.at - (search?.started.at ?? 0))}.`,
        evidence: seqs(
          decision.searches.flatMap(({ started, finished }) => [started, finished]),
          network,
          last.routes,
          first && shown(last, first),
          last.finished,
          found,
        ),
        explains: [
          ...stuck.flatMap(allOf),
          ...seqs(view.between(from, network.seq - 1)),
          ...requestsOf(view)
            .filter((one) => one.client === client && one.started.seq < network.seq)
            .flatMap(allOf),
        ],
      };
    }),
});
