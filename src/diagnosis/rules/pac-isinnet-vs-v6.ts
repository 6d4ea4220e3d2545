import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { evaluationsOf, sayRoute, scriptMatch, textArgument } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { scriptLookupsOf } from '../script-lookups.ts';
import type { ScriptLookup } from '../script-lookups.ts';
import { rule } from '../rule.ts';

export const pacIsinnetVsV6 = rule({
  id: 'pac-isinnet-vs-v6',
  title: 'isInNet is asked about a host that has no IPv4 address',
  severity: 'error',
  summary:
    'isInNet and dnsResolve know IPv4 only. A host with nothing but an AAAA record is in no network for them, and the ' +
    'script takes it for an outside host.',
  confirm: '`dns.qry.type==1` for the host is answered without a record, `dns.qry.type==28` with an address.',
  fix: 'Recognise the host by its name, or use isInNetEx with dnsResolveEx where all clients have them.',
  refutedIf: 'The host has an A record in the view of DNS that this client gets.',
  alternatives: [],
  needs: [
    {
      says: 'a name without an IPv4 address that the script looked up',
      seen: (view) => evaluationsOf(view).flatMap((one) => addressless(view, one).map(({ call }) => call)),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const [lookup] = addressless(view, evaluation);
      if (!lookup) return [];
      const { call, queries, answers, resolved, name } = lookup;
      const net = textArgument(call, 1);
      const why = `isInNet looked for ${name} in ${net}: DNS has the name, but no IPv4 address of it; ${evaluation.client} ${sayRoute(evaluation)}.`;
      const evidence = seqs(queries, answers, resolved, call);
      // The host was meant to go directly: that the proxy does not get there is no fault of the proxy.
      const explains = seqs(evaluation.request.events, evaluation.request.finished);
      return [scriptMatch([evaluation], { confidence: 'likely', why, evidence, explains })];
    }),
});

const addressless = (view: View, evaluation: Evaluation): ScriptLookup[] =>
  scriptLookupsOf(view, evaluation).filter(
    ({ call, resolved }) =>
      call.data.helper === 'isInNet' && call.data.result === false && resolved?.data.failure === 'dns.nodata',
  );
