import type { TraceEvent } from '../../trace/events.ts';
import { pick, seqs } from '../../trace/view.ts';
import { fellOpenOf, scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';

const isMissing = ({ data }: TraceEvent<'pac.fetched'>): boolean => data.status === 404 && !data.accepted;

export const pacHttp404 = rule({
  id: 'pac-http-404',
  title: 'The proxy script is not where the client looks',
  severity: 'error',
  summary:
    'The host of the script was found, but answers 404. Clients go on without a proxy, silently; .NET Framework does ' +
    'not ask again for 600 s.',
  confirm:
    'Filter `http.request.uri contains "wpad.dat" || http.response.code==404`. Or fetch it as the client does: by ' +
    'the name wpad.<suffix>, port 80, path /wpad.dat, without a proxy and without credentials.',
  fix:
    'Serve the script at exactly /wpad.dat in the web root of the host that wpad.<suffix> points to, on port 80, for ' +
    'that host name, then restart the connector service: it does not ask again by itself for ten minutes.',
  refutedIf: 'The same GET, with the same Host field, from the same machine, is answered with 200 and the script.',
  alternatives: [
    { id: 'pac-wrong-vhost', tellApart: 'The file is found under the server’s own name but not under the alias wpad.' },
    {
      id: 'pac-server-unmapped-extension',
      tellApart: 'The file exists; the web server’s log says 404.3: the extension .dat has no MIME type.',
    },
    { id: 'wpad-dns-wildcard-zone', tellApart: 'Any made-up name of the zone resolves to the same address.' },
  ],
  needs: [{ says: 'a 404 for the proxy script', seen: (view) => view.ofType('pac.fetched').filter(isMissing) }],
  find: (view) =>
    view
      .ofType('pac.fetched')
      .filter(isMissing)
      .map((fetched) => {
        const response = pick(view.between(0, fetched.seq), 'http.response').findLast(
          ({ data }) => data.status === 404,
        );
        const fell = fellOpenOf(view).filter(({ decision }) => decision.downloads.at(-1) === fetched);
        const { then, ...rest } = scriptFault(view, seqs(response, fetched), fell);
        const { client, url } = fetched.data;
        return { ...rest, about: url, confidence: 'certain', why: `${url} answered 404 to ${client}${then}.` };
      }),
});
