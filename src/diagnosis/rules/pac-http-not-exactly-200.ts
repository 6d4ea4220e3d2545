import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

const isAlmost = ({ fetched }: Download): boolean => {
  const status = fetched.data.status ?? 0;
  return status > 200 && status < 300;
};

export const pacHttpNotExactly200 = rule({
  id: 'pac-http-not-exactly-200',
  title: 'The proxy script comes with a success status other than 200',
  severity: 'error',
  summary:
    'The answer is 203, 204 or 206. Chromium takes a script with 200 only and goes on without a proxy, silently; ' +
    'Firefox takes any success.',
  confirm: 'Filter `http.response.code > 200 && http.response.code < 300` behind GET /wpad.dat.',
  fix:
    'Let the web server answer 200: take the transforming proxy (203), the empty file (204) or the range support (206) ' +
    'out of the way.',
  refutedIf: 'The status line that the client got says 200.',
  alternatives: [],
  needs: [{ says: 'a script with a success status other than 200', seen: (view) => fetchedWhere(view, isAlmost) }],
  find: (view) =>
    downloadsWhere(view, isAlmost).map((download) => {
      const { client, url, status, accepted } = download.fetched.data;
      const then = accepted ? `${client} takes it, Chromium would not` : `${client} does not take it`;
      return blame(view, download, { why: `${url} answered with ${status}; ${then}`, harmless: accepted });
    }),
});
