import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf, routeOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { listOf } from '../candidates.ts';
import { evaluationsOf, scriptOf, textArgument, sentBy } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { missedBecause } from '../handed.ts';
import { rule } from '../rule.ts';

interface Reused {
  first: Evaluation;
  request: Request;
  /** A rule of the script that would have held for the later URL. */
  missed: TraceEvent<'pac.called'> | undefined;
  /** A client that asked the same script for the later URL, and got another route. */
  other: Evaluation | undefined;
}

/** A request that a script was not asked about, by the answer for another URL of its host. */
const reusedOf = kept((view): readonly Reused[] =>
  requestsOf(view).flatMap((request) => {
    if (request.ofType('pac.answered').length > 0 || request.ofType('pac.failed').length > 0) return [];
    const first = evaluationsOf(view).find((one) => isSource(view, one, request));
    if (!first) return [];
    const missed = missedBecause(first, first.answered?.data.url ?? '', request.url);
    const other = evaluationsOf(view).find(
      (one) =>
        one.client !== request.client &&
        one.request.url === request.url &&
        one.loaded?.data.sha256 === first.loaded?.data.sha256 &&
        routeOf(one.request) !== routeOf(request),
    );
    return missed || other ? [{ first, request, missed, other }] : [];
  }),
);

const isSource = (view: View, { request: source, answered, loaded }: Evaluation, request: Request): boolean =>
  source.client === request.client &&
  source.started.seq < request.started.seq &&
  source.target.host === request.target.host &&
  source.url !== request.url &&
  answered?.data.failedOpen === false &&
  loaded !== undefined &&
  loaded === scriptOf(view, request) &&
  listOf(source).join() === listOf(request).join();

export const selectPerHostResultCache = rule({
  id: 'select-per-host-result-cache',
  title: 'The script’s first answer for a host is used for all of its URLs',
  severity: 'warning',
  summary:
    'WinINET, and with it Internet Explorer, keeps the answer of the script for each host through the session (automatic ' +
    'proxy result cache). Where the script decides by path, the second path goes the way of the first.',
  confirm:
    'Two URLs of one host at the same proxy, though `paclab pac eval` gives two routes. With the DWORD ' +
    'EnableAutoProxyResultCache = 0 under HKLM\\…\\Internet Settings and a restart the second goes its own way.',
  fix:
    'Decide by the host: give what needs a route of its own a host name of its own. To switch the cache off, set ' +
    'EnableAutoProxyResultCache to 0; the script then runs for every URL.',
  refutedIf: 'The script gives the same answer for both URLs, or it was asked about the second one.',
  alternatives: [],
  needs: [
    {
      says: 'a request by a script’s answer for another URL of its host',
      seen: (view) => reusedOf(view).flatMap(({ request }) => request.routes ?? []),
    },
  ],
  find: (view) =>
    reusedOf(view).map(({ first, request, missed, other }) => {
      const rule = missed ? `; shExpMatch with "${textArgument(missed, 1)}" would have held for it` : '';
      const but = other ? `; ${other.client} asked the same script and went by ${routeOf(other.request) ?? ''}` : '';
      return {
        about: `${request.client} ${request.target.host}`,
        severity: request.ok ? 'warning' : 'error',
        confidence: 'certain',
        why: `${request.client} did not ask the script about ${request.url} but went by ${routeOf(request) ?? ''}, its answer for ${first.request.url}${rule}${but}.`,
        evidence: seqs(
          missed,
          first.answered,
          first.request.routes,
          request.routes,
          request.finished,
          other && [other.answered, other.request.routes, other.request.finished],
        ),
        explains: sentBy(request),
      };
    }),
});
