import { header } from '../../trace/view.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isChallenged = ({ fetched }: Download): boolean => fetched.data.status === 401 && !fetched.data.accepted;

export const pacHttp401 = rule({
  id: 'pac-http-401',
  title: 'The proxy script asks for a login',
  severity: 'error',
  summary:
    'The web server wants credentials for the script. Chromium never asks for any here; .NET Framework sends its own ' +
    'only with useDefaultCredentials, and WinHTTP then stops caching the script. Clients go on without a proxy, ' +
    'silently.',
  confirm:
    'Filter `http.response.code==401 || http.www_authenticate`. A browser that is signed in to the server opens the ' +
    'URL all the same: test with `curl -v http://wpad.<suffix>/wpad.dat`. WinHTTP reports 12015.',
  fix: 'Allow anonymous access to the script on its web server.',
  refutedIf: 'The same GET without credentials is answered with 200.',
  alternatives: [],
  needs: [{ says: 'a 401 for the proxy script', seen: (view) => fetchedWhere(view, isChallenged) }],
  find: (view) =>
    downloadsWhere(view, isChallenged).map((download) => {
      const { client, url } = download.fetched.data;
      const schemes = header(download.response?.data.headers ?? [], 'www-authenticate');
      const offered = schemes === undefined ? '' : ` (${schemes})`;
      return blame(view, download, { why: `${url} answered ${client} with 401${offered}` });
    }),
});
