import { isPrivateAddress } from '../../trace/dials.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { allOf, shown } from '../candidates.ts';
import { howItFailed, isUnreachable } from '../fail-open.ts';
import { rule } from '../rule.ts';

interface Hairpin {
  request: Request;
  outside: TraceEvent<'dns.answer'>;
  inside: TraceEvent<'dns.answer'>;
}

const hairpins = kept((view): readonly Hairpin[] =>
  requestsOf(view).flatMap((request) => {
    const [first] = request.attempts;
    if (first?.proxy !== null || !isUnreachable(first) || first.dials.length === 0) return [];
    const named = view
      .ofType('dns.answer')
      .filter(({ data }) => data.name.toLowerCase() === request.target.host.toLowerCase());
    const dialled = new Set(first.dials.map(({ to }) => to.ip));
    const outside = named.find(({ data }) => data.answers.some((ip) => dialled.has(ip) && !isPrivateAddress(ip)));
    const inside = named.find(({ data }) => data.answers.length > 0 && data.answers.every(isPrivateAddress));
    return outside && inside && inside.data.client !== outside.data.client ? [{ request, outside, inside }] : [];
  }),
);

export const envSplitDnsBackend = rule({
  id: 'env-split-dns-backend',
  title: 'This machine gets the outside address of an inside host, and the way back in is closed',
  severity: 'error',
  summary:
    'A published application has two addresses: its own inside, and a public one outside. A machine that asks the wrong ' +
    'resolver dials the public one from within; the firewall does not turn such connections round (hairpin NAT), so they get no answer.',
  confirm:
    'Filter `dns.a && dns.qry.name=="<host>"`: a public address here, a private one on other machines; then `tcp.analysis.retransmission && tcp.flags.syn==1` towards the public one.',
  fix: 'Let the connector’s machine ask the inside resolver (or give it the inside address in its hosts file), or publish the application by its inside name.',
  refutedIf: 'The public address answers other machines of this network.',
  alternatives: [],
  needs: [
    {
      says: 'a name with a public address here and a private one elsewhere, and a connection to the public one in vain',
      seen: (view) => hairpins(view).flatMap(({ outside, inside }) => [outside, inside]),
    },
  ],
  find: (view) =>
    hairpins(view).map(({ request, outside, inside }) => {
      const [first] = request.attempts;
      return {
        about: request.target.host,
        confidence: 'certain',
        why: `${request.target.host} is ${outside.data.answers.join(', ')} for ${request.client} and ${inside.data.answers.join(', ')} for ${inside.data.client}; the connection to the public address ${howItFailed(first?.failure ?? null)}.`,
        evidence: seqs(outside, inside, first && shown(request, first), request.finished),
        explains: allOf(request),
      };
    }),
});
