import { entriesOf } from '../answer-text.ts';
import { allOf } from '../candidates.ts';
import { evaluationsOf, scriptMatch } from '../evaluations.ts';
import { passedOver } from '../passed-over.ts';
import { rule } from '../rule.ts';

export const pacHttpsDirective = rule({
  id: 'pac-https-directive',
  title: 'This client cannot speak TLS to the proxy that the script names',
  severity: 'error',
  summary:
    'HTTPS in an answer means a proxy that is spoken to over TLS. Browsers do that; older HTTP stacks cannot: .NET ' +
    'Framework writes http:// before every entry and sends plain text to the TLS port, WinHTTP passes over the entry and goes DIRECT.',
  confirm:
    '`http.request.method=="CONNECT"` in clear text on the port of the TLS proxy, and the connection ends; or `tcp.flags.syn==1` to the destination itself.',
  fix: 'Offer a plain listener to such clients and list it behind: "HTTPS p:8443; PROXY p:8080", or by a script of their own.',
  refutedIf: 'The connection to the proxy begins with a TLS ClientHello.',
  alternatives: [],
  needs: [
    {
      says: 'an answer with an HTTPS proxy',
      seen: (view) => view.ofType('pac.answered').filter(({ data }) => /(?:^|;)\s*HTTPS\s/i.test(data.answer ?? '')),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      const named = entriesOf(answered?.data.answer ?? '').filter(({ word }) => /^https$/i.test(word));
      const plain = request.attempts.find(
        ({ route, failure }) =>
          failure !== null && named.some(({ target }) => route.toLowerCase() === `proxy ${target}`.toLowerCase()),
      );
      if (!plain || plain.conns.length === 0) return passedOver(view, evaluation, named);
      const why = `The script named "${answered?.data.answer ?? ''}"; ${client} took it for ${plain.route}, spoke plain HTTP there, and it ended with ${plain.failure ?? ''}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why, explains: allOf(request) })];
    }),
});
