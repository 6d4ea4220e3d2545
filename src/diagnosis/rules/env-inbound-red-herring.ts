import { dialsOf } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { ownersOf, requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';

interface Inbound {
  dial: Dial;
  client: string;
  /** What the same machine got from the service, by connections of its own. */
  outbound: Request;
}

const inbound = kept((view): readonly Inbound[] =>
  view.ofType('client.started').flatMap(({ data: { client, address } }) => {
    const outbound = requestsOf(view).find(
      (request) =>
        request.client === client && request.ok && useOf(request.target.host, request.target.port) === 'service',
    );
    if (!outbound) return [];
    return dialsOf(view)
      .filter(({ to, outcome, from }) => to.ip === address && outcome !== 'opened' && !from.startsWith(`${address}:`))
      .map((dial) => ({ dial, client, outbound }));
  }),
);

export const envInboundRedHerring = rule({
  id: 'env-inbound-red-herring',
  title: 'Somebody tests ports of the connector’s machine from outside; the connector needs none',
  severity: 'info',
  summary:
    'The connector opens connections to its service on 443 and 80, and everything comes back by them. It listens on nothing: a ' +
    'test of inbound ports fails on a machine that works, and an opened port changes nothing.',
  confirm:
    'Filter `tcp.flags.syn==1 && tcp.flags.ack==0 && ip.dst==<connector>` (Message Analyzer: `property.TCPSynRetransmit and *address==<connector>`): SYNs that nobody answers, beside outbound connections that stand. `netstat -ano` shows no listener of the connector.',
  fix: 'Close the inbound ports again. If users see errors, look at the outbound side: *.msappproxy.net and *.servicebus.windows.net on 443.',
  refutedIf: 'The machine is to offer another service on that port.',
  alternatives: [],
  needs: [
    {
      says: 'a connection to the machine of a connector, which nobody accepted, while its own connections work',
      seen: (view) => inbound(view).flatMap(({ dial }) => dial.events),
    },
  ],
  find: (view) =>
    inbound(view).map(({ dial, client, outbound }) => {
      const owner = ownersOf(view).get(dial.seq);
      const how = dial.outcome === 'silent' ? 'got no answer' : 'was refused';
      return {
        about: client,
        confidence: 'likely',
        why: `A connection from ${dial.from} to ${dial.to.ip}:${dial.to.port}, the machine of ${client}, ${how}; ${client} itself reached ${outbound.target.host}:${outbound.target.port}.`,
        evidence: seqs(dial.events, outbound.routes, outbound.finished),
        explains: owner ? allOf(owner.request) : seqs(dial.events),
      };
    }),
});
