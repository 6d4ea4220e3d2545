import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { sentBy } from '../evaluations.ts';
import { followed, proxyVariables } from '../environment.ts';
import { rule } from '../rule.ts';

interface Cleared {
  request: Request;
  empty: TraceEvent<'client.setting'>;
  used: TraceEvent<'client.setting'>;
}

const cleared = (view: View): Cleared[] =>
  requestsOf(view).flatMap((request) => {
    const used = followed(view, request);
    const empty = proxyVariables(view, request.client).find(
      ({ data }) => data.value === '' && data.name.toLowerCase() === `${request.target.scheme}_proxy`,
    );
    return used && empty ? [{ request, empty, used }] : [];
  });

export const cfgEnvClearedStillProxied = rule({
  id: 'cfg-env-cleared-still-proxied',
  title: 'The variable was set to nothing, and another one still names the proxy',
  severity: 'warning',
  summary:
    'https_proxy="" is no "without a proxy": curl, Node, Go and .NET take an empty variable for one that is not there, and ' +
    'read on in the other spelling and in all_proxy. So the proxy that somebody meant to switch off is still in use.',
  confirm:
    '`printenv | grep -i proxy` shows the empty one and the one in use; a capture shows CONNECT at the proxy’s port.',
  fix: 'Unset all of them (unset https_proxy HTTPS_PROXY all_proxy ALL_PROXY), or set no_proxy=* (not for .NET, which knows no star).',
  refutedIf: 'No other variable names a proxy for this scheme.',
  alternatives: [],
  needs: [
    {
      says: 'an empty variable for the scheme of a request that went to the proxy of another one',
      seen: (view) => cleared(view).flatMap(({ empty, used }) => [empty, used]),
    },
  ],
  find: (view) =>
    cleared(view).map(({ request, empty, used }) => ({
      about: request.client,
      severity: request.ok ? 'warning' : 'error',
      confidence: 'certain',
      why: `${empty.data.name} of ${request.client} is empty, and ${request.url} went by ${request.attempts[0]?.route ?? ''} all the same, because ${used.data.name} is ${used.data.value}.`,
      evidence: seqs(empty, used, request.routes, request.attempts[0]?.finished, request.finished),
      explains: sentBy(request),
    })),
});
