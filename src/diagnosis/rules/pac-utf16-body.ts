import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';
import { markOf } from '../script-body.ts';

const isWide = (download: Download): boolean => markOf(download)?.startsWith('utf-16') ?? false;

export const pacUtf16Body = rule({
  id: 'pac-utf16-body',
  title: 'The proxy script is UTF-16',
  severity: 'error',
  summary:
    'The file was saved as “Unicode”, with two bytes for each character. Chromium sees the byte order mark and reads ' +
    'it; Firefox takes the bytes for single characters, meets a syntax error and goes on without a proxy. Of WinHTTP ' +
    'it is not established.',
  confirm: 'Follow the stream of GET /wpad.dat: the body begins with ff fe or fe ff, and every other byte is 00.',
  fix: 'Save the script as plain ASCII or as UTF-8 without byte order mark.',
  refutedIf: 'The body does not begin with ff fe or fe ff.',
  alternatives: [],
  needs: [{ says: 'a script that begins with FF FE or FE FF', seen: (view) => fetchedWhere(view, isWide) }],
  find: (view) =>
    downloadsWhere(view, isWide).map((download) => {
      const { client, url } = download.fetched.data;
      const then = download.broken ? 'cannot parse it' : 'reads it, as not every client does';
      return blame(view, download, { why: `${url} is ${markOf(download)?.toUpperCase()}; ${client} ${then}` });
    }),
});
