import type { View } from '../../trace/view.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';
import { isSamePlace, visitOf, visitsOf } from '../script-visits.ts';
import type { Visit } from '../script-visits.ts';

const isRefused = ({ fetched }: Download): boolean => (fetched.data.status ?? 0) >= 400 && !fetched.data.accepted;

/** The same server has the file under another name. */
function underOtherName(view: View, download: Download): { asked: Visit; served: Visit } | undefined {
  const asked = visitOf(view, download);
  if (!asked) return undefined;
  const served = visitsOf(view).find(
    (other) => isSamePlace(asked, other) && other.host !== asked.host && other.response.data.status === 200,
  );
  return served && { asked, served };
}

export const pacWrongVhost = rule({
  id: 'pac-wrong-vhost',
  title: 'The web server has the proxy script under another host name only',
  severity: 'error',
  summary:
    'The server tells its sites apart by the Host field, and the site with the script is not bound to the name that ' +
    'discovery asks by. A check by the server’s own name passes; clients ask by the alias, get an error, and go on ' +
    'without a proxy, silently.',
  confirm:
    'Filter `http.host contains "wpad"` and compare with the same GET by the server’s name: same address, same path, ' +
    'another Host, another status. By hand: `curl -H "Host: wpad.<suffix>" http://<address>/wpad.dat`.',
  fix: 'Bind wpad, wpad.<suffix> and the address itself to the site that has the script, or put it into the default site.',
  refutedIf: 'The same GET with the alias in the Host field is answered with 200.',
  alternatives: [],
  needs: [
    { says: 'a script that was refused', seen: (view) => fetchedWhere(view, isRefused) },
    {
      says: 'the same path of the same server, served under another name',
      seen: (view) =>
        downloadsWhere(view, isRefused).flatMap((one) => underOtherName(view, one)?.served.response ?? []),
    },
  ],
  find: (view) =>
    downloadsWhere(view, isRefused).flatMap((download) => {
      const found = underOtherName(view, download);
      if (!found) return [];
      const { asked, served } = found;
      const { server, host, response, request } = asked;
      return [
        blame(view, download, {
          confidence: asked.agent === served.agent ? 'certain' : 'likely',
          why:
            `${server.ip}:${server.port} answers ${response.data.status} to ${request.data.target} when it is asked as ` +
            `${host}, and 200 when it is asked as ${served.host}`,
          evidence: [served.request, served.response],
          explains: [request, response, download.fetched],
        }),
      ];
    }),
});
