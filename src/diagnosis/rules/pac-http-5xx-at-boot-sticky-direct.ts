import { sayDuration } from '../../duration.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { decisionOf } from '../../trace/discovery.ts';
import type { View } from '../../trace/view.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isServerError = ({ fetched }: Download): boolean => (fetched.data.status ?? 0) >= 500;

/** Later requests that were decided by this failure, without another fetch. */
const stuckWith = (view: View, { fetched }: Download): readonly Request[] =>
  requestsOf(view).filter((request) => {
    if (request.client !== fetched.data.client || request.started.seq < fetched.seq) return false;
    const { withoutScript, downloads } = decisionOf(view, request);
    return withoutScript && downloads.at(-1) === fetched;
  });

export const pacHttp5xxAtBootStickyDirect = rule({
  id: 'pac-http-5xx-at-boot-sticky-direct',
  title: 'One failed fetch of the proxy script keeps the client without a proxy',
  severity: 'error',
  summary:
    'The web server had a bad moment (5xx) when the client wanted its script. The client remembers the failure and ' +
    'asks again by a clock of its own: .NET Framework after 600 s (autoConfigUrlRetryInterval), WinHTTP’s service after ' +
    'about 15 s, 60 s and then every 10 min, Chromium after 8 s, 32 s, 2 min and 4 h, Firefox after 5 s doubling to ' +
    '300 s. Until then everything goes direct, silently.',
  confirm:
    'Filter `http.response.code >= 500` behind GET /wpad.dat, and look for the next GET of the same client: until it ' +
    'comes, SYNs go straight to port 443.',
  fix:
    'Repair the web server, then restart the connector service: it does not ask again by itself for ten minutes. ' +
    'autoConfigUrlRetryInterval under webProxyScript in the .exe.config shortens that.',
  refutedIf: 'The client has fetched the script again, with 200, before the request in question.',
  alternatives: [],
  needs: [{ says: 'a 5xx for the proxy script', seen: (view) => fetchedWhere(view, isServerError) }],
  find: (view) =>
    downloadsWhere(view, isServerError).map((download) => {
      const { client, url, status } = download.fetched.data;
      const stuck = stuckWith(view, download);
      const last = stuck.at(-1);
      const since = last ? sayDuration(last.started.at - download.fetched.at) : '';
      const still = last ? `, and ${client} was still without a script ${since} later` : '';
      const evidence = stuck.flatMap(({ routes, finished }) => [routes, finished]);
      return blame(view, download, { why: `${url} answered ${client} with ${status}${still}`, evidence });
    }),
});
