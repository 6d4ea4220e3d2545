import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';
import { hasCurlyQuotes } from '../script-body.ts';

const isCurly = (download: Download): boolean => hasCurlyQuotes(download);

export const pacSmartQuotes = rule({
  id: 'pac-smart-quotes',
  title: 'The proxy script has typographic quotation marks',
  severity: 'error',
  summary:
    'A word processor, mail program or web page has replaced the straight quotation marks of the script by curly ones. ' +
    'They delimit nothing in JavaScript: the script does not parse, and every URL goes direct, without a word.',
  confirm:
    'Follow the stream of GET /wpad.dat: the bytes e2 80 9c or e2 80 9d (`frame contains e2:80:9c`) stand where 22 ' +
    'should be. `paclab pac lint wpad.dat` names line and column.',
  fix: 'Replace “ ” ‘ ’ by " and \' with a plain text editor, check it with `paclab pac lint`, restart the service.',
  refutedIf: 'The line named parses: the marks stand inside a comment or a string.',
  alternatives: [],
  needs: [
    { says: 'a mistake in a line with typographic quotation marks', seen: (view) => fetchedWhere(view, isCurly) },
  ],
  find: (view) =>
    downloadsWhere(view, isCurly).map((download) => {
      const { url } = download.fetched.data;
      const line = download.broken?.data.line ?? 0;
      return blame(view, download, {
        why: `${url} has typographic quotation marks in line ${line}, and does not parse`,
      });
    }),
});
