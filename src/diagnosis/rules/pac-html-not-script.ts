import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import { isPage, mentionsEntry } from '../script-body.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isOther = (download: Download): boolean => isPage(download) && !mentionsEntry(download);

export const pacHtmlNotScript = rule({
  id: 'pac-html-not-script',
  title: 'A web page came in place of the proxy script',
  severity: 'error',
  summary:
    'The address of the script is answered with 200 and an HTML page: a captive portal, an error page, a wildcard ' +
    'host. A monitor that looks at the status finds nothing wrong. Clients cannot use the page and go on without a ' +
    'proxy; Firefox counts the load as a success and does not try again.',
  confirm:
    'Filter `http.response.code==200 && http.content_type contains "html"` behind GET /wpad.dat; or look at the first ' +
    'bytes of the body: `<` where `function` should be. WinHTTP reports 12166.',
  fix:
    'Find out who answers: sign in to the captive portal, take wpad out of the wildcard record, or let the web server ' +
    'answer 404 where it has no script. Then restart the connector service.',
  refutedIf: 'The body that the client got begins with JavaScript.',
  alternatives: [
    { id: 'wpad-dns-wildcard-zone', tellApart: 'Any made-up name of the zone resolves to the same address.' },
    { id: 'wpad-dns-nxdomain-hijack', tellApart: 'Made-up names of any zone resolve, to an address outside.' },
  ],
  needs: [{ says: 'a page that a client took for a script', seen: (view) => fetchedWhere(view, isOther) }],
  find: (view) =>
    downloadsWhere(view, isOther).map((download) => {
      const { client, url, type } = download.fetched.data;
      const typed = type === null ? '' : ` of type ${type}`;
      return blame(view, download, { why: `${url} answered ${client} with 200 and a page${typed}, not with a script` });
    }),
});
