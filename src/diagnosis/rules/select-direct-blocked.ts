import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { entriesOf } from '../answer-text.ts';
import { scriptedOf, shown } from '../candidates.ts';
import { directIsOpen, howItFailed } from '../fail-open.ts';
import { rule } from '../rule.ts';

const blocked = /^tcp\.(timeout|refused|unreachable)$/;

/** The script says DIRECT, first of all, in so many words, and the network lets nobody out. */
const blockedDirects = kept((view): readonly Request[] =>
  requestsOf(view).filter((request) => {
    const [first] = request.attempts;
    const scripted = scriptedOf(request)?.data;
    const said = /^direct$/i.test(entriesOf(scripted?.answer ?? '')[0]?.word ?? '');
    if (!said || scripted?.routes[0] !== 'DIRECT' || first?.route !== 'DIRECT') return false;
    return blocked.test(first.failure ?? '') && !directIsOpen(view, request.client, request.target.port);
  }),
);

export const selectDirectBlocked = rule({
  id: 'select-direct-blocked',
  title: 'The script sends this host DIRECT, and the firewall lets nobody out directly',
  severity: 'error',
  summary:
    'The script was found, fetched and run, and answers DIRECT for this destination. The network allows no direct ' +
    'connections, so SYNs to port 443 get no answer or a refusal, while other hosts work through the proxy.',
  confirm:
    'Filter `(tcp.analysis.retransmission && tcp.flags.syn==1) || tcp.flags.reset==1` (Message Analyzer: ' +
    '`property.TCPSynRetransmit or TCP.Flags.Rst`): SYNs to the destination itself that get no answer, or an RST. `paclab pac eval` with the URL says DIRECT.',
  fix:
    'Let the script return the proxy for this host (for the connector: *.msappproxy.net and ' +
    '*.servicebus.windows.net), or open the firewall for it on 443 where it is meant to go direct.',
  refutedIf: 'The script answers with a proxy for this URL, or a direct connection from this machine gets through.',
  alternatives: [],
  needs: [
    {
      says: 'an answer DIRECT of a script whose connection was then blocked',
      seen: (view) => blockedDirects(view).flatMap((request) => scriptedOf(request) ?? []),
    },
  ],
  find: (view) =>
    blockedDirects(view).map((request) => {
      const { client, target, routes, attempts, finished } = request;
      const [first] = attempts;
      return {
        about: target.host,
        confidence: 'certain',
        why: `The script answered DIRECT to ${client} for ${target.host}, and the connection to port ${target.port} ${howItFailed(first?.failure ?? null)}.`,
        evidence: seqs(scriptedOf(request), routes, first && shown(request, first), finished),
        explains: seqs(routes, first?.events, first?.finished, finished),
      };
    }),
});
