import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';
import { markOf } from '../script-body.ts';

const isMarked = (download: Download): boolean => markOf(download) === 'utf-8';

export const pacUtf8Bom = rule({
  id: 'pac-utf8-bom',
  title: 'The proxy script begins with a byte order mark',
  severity: 'info',
  summary:
    'The file was saved as “UTF-8 with BOM”: three bytes before its first letter. Chromium and Firefox take it; of the ' +
    'JScript engine of WinHTTP it is not established, and older engines are said to fail at the first character.',
  confirm: 'Follow the stream of GET /wpad.dat: the body begins with ef bb bf (`frame contains ef:bb:bf`).',
  fix: 'Save the script without byte order mark, best in plain ASCII.',
  refutedIf: 'The first byte of the body is a letter or a comment.',
  alternatives: [],
  needs: [{ says: 'a script that begins with EF BB BF', seen: (view) => fetchedWhere(view, isMarked) }],
  find: (view) =>
    downloadsWhere(view, isMarked).map((download) => {
      const { client, url } = download.fetched.data;
      const failed = download.broken !== undefined;
      const then = failed ? 'cannot use it' : 'reads it all the same';
      const why = `${url} begins with the byte order mark of UTF-8; ${client} ${then}`;
      return blame(view, download, failed ? { why } : { why, severity: 'info' });
    }),
});
