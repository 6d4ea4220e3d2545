import { routeOf } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { cameToNothing, scriptLookupsOf } from '../script-lookups.ts';
import { rule } from '../rule.ts';

export const pacDnsNull = rule({
  id: 'pac-dns-null',
  title: 'The script decides by an address that this machine cannot look up',
  severity: 'error',
  summary:
    'Many inside networks do not resolve names of the Internet; only the proxy does. dnsResolve is then null (false in ' +
    'WinHTTP), isResolvable and isInNet are false, and a script that does not expect it takes the wrong branch.',
  confirm:
    '`dns.flags.rcode==3` for the destination from the client, and no packet to the proxy for it; the same name ' +
    'resolves on the proxy.',
  fix: 'Treat a failed lookup as "outside": if (!isResolvable(host)) return the proxy; and compare names before addresses.',
  refutedIf: 'The name resolves on the machine that evaluates the script.',
  alternatives: [],
  needs: [
    {
      says: 'a lookup by the script that failed',
      seen: (view) =>
        evaluationsOf(view).flatMap((one) =>
          scriptLookupsOf(view, one).flatMap(({ call }) => (cameToNothing(call) ? [call] : [])),
        ),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { request, client } = evaluation;
      const own = scriptLookupsOf(view, evaluation).find(({ name }) => name === request.target.host);
      const nameless = own?.resolved?.data.failure === 'dns.nxdomain' && cameToNothing(own.call);
      const stranded = routeOf(request) === 'DIRECT' && (request.attempts.at(-1)?.failure ?? '').startsWith('dns.');
      if (!nameless || !stranded) return [];
      const why = `${own.call.data.helper} found no address of ${own.name} (NXDOMAIN), so the script said DIRECT; ${client} ${sayRoute(evaluation)}.`;
      const evidence = seqs(own.queries, own.answers, own.resolved, own.call);
      return [scriptMatch([evaluation], { confidence: 'certain', why, evidence })];
    }),
});
