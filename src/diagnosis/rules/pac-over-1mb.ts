import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

/** Chromium: 1 048 576 bytes; WinHTTP is documented with 1 MB. */
const limit = 1_048_576;

const isLarge = ({ fetched }: Download): boolean => fetched.data.status === 200 && fetched.data.bytes > limit;

export const pacOver1mb = rule({
  id: 'pac-over-1mb',
  title: 'The proxy script is larger than 1 MB',
  severity: 'error',
  summary:
    'Chromium and WinHTTP, and so .NET Framework, take no script of more than 1 MB. They go on without a proxy, ' +
    'silently, while Firefox uses the same file.',
  confirm: 'Filter `http.content_length > 1048576` behind GET /wpad.dat.',
  fix: 'Shorten the script: lists of hosts belong into the proxy’s own rules; patterns replace long lists.',
  refutedIf: 'The body, after content decoding, has no more than 1 048 576 bytes.',
  alternatives: [],
  needs: [{ says: 'a script of more than 1 MB', seen: (view) => fetchedWhere(view, isLarge) }],
  find: (view) =>
    downloadsWhere(view, isLarge).map((download) => {
      const { client, url, bytes, accepted } = download.fetched.data;
      const then = accepted ? `${client} takes it, others do not` : `${client} does not take it`;
      // What is wrong with a text that was taken has causes of its own.
      return blame(view, download, { why: `${url} has ${bytes} bytes; ${then}`, harmless: accepted });
    }),
});
