import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { sayDuration } from '../../duration.ts';
import { blame } from '../downloads.ts';
import { scriptOf } from '../evaluations.ts';
import { rule } from '../rule.ts';
import { isSameQuestion, servedOf } from '../script-visits.ts';
import type { Served } from '../script-visits.ts';

interface Stale {
  held: Served;
  /** The same question, before and after the change. */
  before: Served;
  after: Served;
  request: Request;
}

/** A client decides by a content that the server no longer has. */
const staleOf = kept((view): readonly Stale[] =>
  servedOf(view).flatMap((held) => {
    const change = changeOf(view, held);
    const request = change && decidedBy(view, held).find(({ routes }) => (routes?.seq ?? 0) > change.after.request.seq);
    return change && request ? [{ held, ...change, request }] : [];
  }),
);

/** Somebody got this content at this place, and later, by the same question, another one. */
function changeOf(view: View, held: Served): { before: Served; after: Served } | undefined {
  for (const [index, before] of servedOf(view).entries()) {
    if (before.sha256 !== held.sha256) continue;
    const after = servedOf(view)
      .slice(index + 1)
      .find((one) => isSameQuestion(one, before) && one.sha256 !== held.sha256 && one.request.seq > held.request.seq);
    if (after) return { before, after };
  }
  return undefined;
}

const decidedBy = (view: View, { download }: Served): readonly Request[] =>
  requestsOf(view).filter(
    (request) => request.ofType('pac.answered').length > 0 && scriptOf(view, request) === download.loaded,
  );

export const pacStaleClientCache = rule({
  id: 'pac-stale-client-cache',
  title: 'A client still works with the proxy script of before a change',
  severity: 'warning',
  summary:
    'The script on the server has changed, and this client has not fetched it since. None looks at the expiry of the ' +
    'answer: Chromium keeps a script for 12 hours, Firefox until the network changes, WinHTTP until the address of the ' +
    'machine changes, .NET Framework for the life of the process unless registry or address change.',
  confirm:
    'Filter `http.request.uri contains "wpad.dat"`: no GET of this client after the change, but requests by the old ' +
    'routes.',
  fix:
    'Restart the service (or browser) after a change of the script, and keep the old proxies alive until every client ' +
    'has been restarted.',
  refutedIf: 'The client has fetched the script after the change, or both contents lead to the same routes.',
  alternatives: [],
  needs: [
    {
      says: 'a content of the script that changed while a client kept the old one',
      seen: (view) => staleOf(view).map(({ after }) => after.response),
    },
  ],
  find: (view) =>
    staleOf(view).map(({ held, before, after, request }) => {
      const { client, url } = held.download.fetched.data;
      const age = sayDuration((request.routes?.at ?? request.started.at) - held.download.fetched.at);
      const why =
        `${client} decided ${request.url} by the copy of ${url} that it fetched ${age} before, though ` +
        `${after.download.fetched.data.client} got another content by then`;
      const evidence = [before, after].flatMap(({ download }) => [download.request, download.fetched, download.loaded]);
      return blame(view, held.download, {
        why,
        severity: request.ok ? 'warning' : 'error',
        evidence: [...evidence, ...request.ofType('pac.answered'), request.routes, request.finished],
        explains: [request.started, ...request.events],
      });
    }),
});
