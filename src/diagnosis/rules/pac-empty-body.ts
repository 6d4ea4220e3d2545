import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isEmpty = ({ fetched }: Download): boolean => fetched.data.status === 200 && fetched.data.bytes === 0;

export const pacEmptyBody = rule({
  id: 'pac-empty-body',
  title: 'The proxy script is empty',
  severity: 'error',
  summary:
    'The web server answers 200 with a body of no bytes: a file that was never written, or is being replaced. There ' +
    'is no FindProxyForURL in it, so clients go on without a proxy, silently.',
  confirm: 'Filter `http.response.code==200 && http.content_length==0` behind GET /wpad.dat.',
  fix:
    'Put the script back, and replace it in one step (write beside it, then rename), so that nobody fetches half of ' +
    'it. Then restart the connector service.',
  refutedIf: 'The same GET is answered with a body.',
  alternatives: [],
  needs: [{ says: 'a script of no bytes', seen: (view) => fetchedWhere(view, isEmpty) }],
  find: (view) =>
    downloadsWhere(view, isEmpty).map((download) => {
      const { client, url } = download.fetched.data;
      return blame(view, download, { why: `${url} answered ${client} with 200 and an empty body` });
    }),
});
