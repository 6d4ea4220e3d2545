import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';
import { isPage, mentionsEntry } from '../script-body.ts';

const isSuch = (download: Download): boolean => isPage(download) && mentionsEntry(download);

export const pacHtmlMentioningEntrypoint = rule({
  id: 'pac-html-mentioning-entrypoint',
  title: 'A web page about proxy scripts came in place of the script',
  severity: 'error',
  summary:
    'The address of the script is answered with an HTML page that quotes FindProxyForURL: a help page, or a script ' +
    'shown by a wiki or repository viewer. It passes the check of Chromium, which looks for that word, and fails ' +
    'with a syntax error; clients go on without a proxy.',
  confirm:
    'Filter `http.response.code==200 && http.content_type contains "html"` and look at the first bytes of the body: ' +
    '`<` where `function` should be.',
  fix: 'Let the URL lead to the raw file, not to a page that shows it. Then restart the connector service.',
  refutedIf: 'The body that the client got begins with JavaScript.',
  alternatives: [],
  needs: [{ says: 'a page that names the entry function', seen: (view) => fetchedWhere(view, isSuch) }],
  find: (view) =>
    downloadsWhere(view, isSuch).map((download) => {
      const { client, url } = download.fetched.data;
      const name = download.broken?.data.name ?? 'an error';
      const why = `${url} answered ${client} with a page that mentions FindProxyForURL, which is no script (${name})`;
      return blame(view, download, { why });
    }),
});
