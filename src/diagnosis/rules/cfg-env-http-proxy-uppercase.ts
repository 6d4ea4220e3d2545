import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, shown } from '../candidates.ts';
import { followed, placeIn, readsOnlyVariables, variable } from '../environment.ts';
import { isUnreachable } from '../fail-open.ts';
import { rule } from '../rule.ts';

/** Two spellings that differ, or the upper one alone: which of them a program reads is its own affair. */
function spellings(view: View, { client, target }: Request) {
  const lower = variable(view, client, `${target.scheme}_proxy`);
  const upper = variable(view, client, `${target.scheme}_proxy`.toUpperCase());
  if (!upper || upper.data.value === '') return undefined;
  if (!lower || lower.data.value === '') return { lower: undefined, upper };
  return placeIn(lower.data.value) === placeIn(upper.data.value) ? undefined : { lower, upper };
}

/** Passed over: went direct past the only spelling, or by one of two and failed there. */
const passedOver = (view: View): Request[] =>
  requestsOf(view).filter((request) => {
    const found = spellings(view, request);
    const [first] = request.attempts;
    if (!found || !first || request.ok) return false;
    if (found.lower) return followed(view, request) !== undefined && otherPassed(view, request) !== undefined;
    const direct = first.route === 'DIRECT' && isUnreachable(first);
    return request.target.scheme === 'http' && direct && readsOnlyVariables(view, request.client);
  });

/** Another program with the same two variables, which read the other one. */
const otherPassed = (view: View, { client, target, attempts }: Request): Request | undefined =>
  requestsOf(view).find(
    (one) =>
      one.client !== client &&
      one.ok &&
      one.target.host === target.host &&
      spellings(view, one)?.lower !== undefined &&
      one.attempts[0]?.route !== attempts[0]?.route,
  );

export const cfgEnvHttpProxyUppercase = rule({
  id: 'cfg-env-http-proxy-uppercase',
  title: 'Programs differ in which spelling of the variable they read',
  severity: 'error',
  summary:
    'curl reads http_proxy in lower case only, because a web server turns a request’s header "Proxy" into HTTP_PROXY for ' +
    'its CGI programs; for all other variables lower case comes first. Go prefers upper case. On Windows names have no case. ' +
    'So HTTP_PROXY alone leaves curl without a proxy, and two spellings with two values give two proxies.',
  confirm:
    '`printenv | grep -i proxy` shows the spelling; `curl -v http://example.com/` says which proxy it uses. Filter `tcp.flags.syn==1`: where the SYNs go.',
  fix: 'Set both spellings to the same value, or http_proxy in lower case alone: every program here reads that.',
  refutedIf:
    'Both spellings have the same value, or the program takes its proxy from elsewhere (-x, its own configuration).',
  alternatives: [],
  needs: [
    {
      says: 'HTTP_PROXY alone or two spellings that differ, and a request that failed without or by the other one',
      seen: (view) => passedOver(view).flatMap((request) => spellings(view, request)?.upper ?? []),
    },
  ],
  find: (view) =>
    passedOver(view).map((request) => {
      const { client, attempts, routes, finished, url } = request;
      const found = spellings(view, request);
      const [first] = attempts;
      const other = found?.lower && otherPassed(view, request);
      const upper = `${found?.upper.data.name ?? ''}=${found?.upper.data.value ?? ''}`;
      const read = followed(view, request);
      const so = found?.lower
        ? `has ${upper} and ${found.lower.data.name}=${found.lower.data.value}, and went by ${read?.data.name ?? ''}, in vain; ${other?.client ?? ''} read the other one and got through`
        : `has ${upper}, which it does not read in upper case, so it asked for ${url} directly, in vain`;
      return {
        about: client,
        confidence: 'certain',
        why: `${client} ${so}.`,
        evidence: seqs(
          found?.upper,
          found?.lower,
          routes,
          first && shown(request, first),
          finished,
          other && [other.routes, other.finished],
        ),
        explains: allOf(request),
      };
    }),
});
