import { header } from '../../trace/view.ts';
import { blame, downloadsOf, downloadsWhere, fetchedWhere } from '../downloads.ts';
import { rule } from '../rule.ts';
import { isRedirect, redirectsInCircle } from '../script-redirects.ts';

export const pacHttpRedirect = rule({
  id: 'pac-http-redirect',
  title: 'The proxy script is served by redirect only',
  severity: 'warning',
  summary:
    'The address of the script answers with a redirect. Chromium and Firefox follow it to http and https, and nowhere ' +
    'else; libproxy follows none, and of WinHTTP it is not established. A client that does not follow goes on without ' +
    'a proxy, silently.',
  confirm:
    'Filter `http.response.code>=300 && http.response.code<400` behind GET /wpad.dat; `http.location` says where.',
  fix: 'Serve the script itself, with 200, at the address that clients ask; exempt /wpad.dat from a redirect to https.',
  refutedIf: 'The first answer to GET /wpad.dat is 200.',
  alternatives: [
    {
      id: 'env-captive-portal',
      tellApart: 'Every request of plain http is redirected to the same page: this network wants a login first.',
    },
  ],
  needs: [{ says: 'a redirect in place of a script', seen: (view) => fetchedWhere(view, isRedirect) }],
  find: (view) =>
    downloadsWhere(view, isRedirect).flatMap((download) => {
      const { client, url, status, failure } = download.fetched.data;
      if (redirectsInCircle(view, download)) return [];
      const next = downloadsOf(view).find(
        ({ fetched }) => fetched.seq > download.fetched.seq && fetched.data.client === client,
      );
      // Followed, and what came then is a fault of its own.
      if (failure === null && next?.fetched.data.accepted !== true) return [];
      const to = header(download.response?.data.headers ?? [], 'location') ?? 'another place';
      const then = failure === null ? 'follows, as not every client does' : 'does not follow';
      const evidence = failure === null ? [next?.fetched] : [];
      return [
        blame(view, download, {
          why: `${url} answered ${status} to ${to}; ${client} ${then}`,
          evidence,
          harmless: failure === null,
        }),
      ];
    }),
});
