import { targetOf } from '../../trace/requests.ts';
import { blame, downloadsWhere, fetchedWhere } from '../downloads.ts';
import type { Download } from '../downloads.ts';
import { rule } from '../rule.ts';

/** What WinHTTP takes: the type, or one of these endings in its place (Microsoft knowledge base 4025058). */
const scriptType = /^application\/x-ns-proxy-autoconfig\b/i;
const scriptEnding = /\.(dat|js|pac|jvs)$/i;

/** Some client refuses the body for its type, whatever others make of it. */
const isMistyped = ({ fetched, broken }: Download): boolean => {
  const { url, status, type, accepted, failure } = fetched.data;
  const strange = type !== null && !scriptType.test(type) && !scriptEnding.test(pathOf(url));
  return status === 200 && strange && !broken && (accepted || failure === 'pac.rejected');
};

const pathOf = (url: string): string => (targetOf(url).host === '' ? '' : new URL(url).pathname);

export const pacWrongMime = rule({
  id: 'pac-wrong-mime',
  title: 'The proxy script comes under a type that not every client takes',
  severity: 'error',
  summary:
    'The script is served as something else than application/x-ns-proxy-autoconfig, and its URL does not end in .dat, ' +
    '.js, .pac or .jvs either. Chromium and Firefox do not look at the type; WinHTTP, and so .NET Framework, refuses ' +
    'the script and goes on without a proxy, silently.',
  confirm:
    'Filter `http.response && http.content_type` and read the Content-Type of the answer to the request for the script.',
  fix: 'Serve the script as application/x-ns-proxy-autoconfig, or under a name that ends in .pac or .dat.',
  refutedIf: 'The Content-Type that the client got is application/x-ns-proxy-autoconfig.',
  alternatives: [],
  needs: [{ says: 'a script under another type', seen: (view) => fetchedWhere(view, isMistyped) }],
  find: (view) =>
    // Who refuses it speaks first.
    downloadsWhere(view, isMistyped)
      .toSorted((left, right) => Number(left.fetched.data.accepted) - Number(right.fetched.data.accepted))
      .map((download) => {
        const { client, url, type, accepted } = download.fetched.data;
        const then = accepted ? `${client} takes it, WinHTTP does not` : `${client} does not take it`;
        return blame(view, download, { why: `${url} comes as ${type}; ${then}`, harmless: accepted });
      }),
});
