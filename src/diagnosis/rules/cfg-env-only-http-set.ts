import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { shown } from '../candidates.ts';
import { proxyVariables, readsOnlyVariables, variable } from '../environment.ts';
import { howItFailed, isUnreachable } from '../fail-open.ts';
import { sentBy } from '../evaluations.ts';
import { rule } from '../rule.ts';

/** Only http has a variable; the others are not there, or empty. */
const settingOf = (view: View, client: string) => {
  const set = proxyVariables(view, client).filter(({ data }) => data.value !== '');
  return set.every(({ data }) => /^http_proxy$/i.test(data.name)) ? set[0] : undefined;
};

const stranded = (view: View): Request[] =>
  requestsOf(view).filter(({ client, target, attempts }) => {
    const [first] = attempts;
    const direct = first?.route === 'DIRECT' && isUnreachable(first);
    return (
      direct && target.scheme === 'https' && readsOnlyVariables(view, client) && settingOf(view, client) !== undefined
    );
  });

export const cfgEnvOnlyHttpSet = rule({
  id: 'cfg-env-only-http-set',
  title: 'http_proxy is set, https_proxy is not: https goes direct',
  severity: 'error',
  summary:
    'Each scheme has a variable of its own. Where only http_proxy is set, programs that read the environment send https ' +
    'without a proxy, and where direct traffic is blocked it fails, while http works.',
  confirm:
    'Filter `tcp.flags.syn==1 && tcp.port==443`: SYNs to the destinations themselves; requests over http reach the proxy. ' +
    '`printenv | grep -i proxy` has no https_proxy.',
  fix: 'Set https_proxy to the same value, http:// included: https_proxy=http://proxy:8080 (that scheme is the proxy’s own, not the destination’s).',
  refutedIf: 'https_proxy, HTTPS_PROXY or all_proxy is set in the environment of the program itself.',
  alternatives: [],
  needs: [
    {
      says: 'a variable for http and none for https, and an https request that went direct in vain',
      seen: (view) => stranded(view).flatMap(({ client }) => settingOf(view, client) ?? []),
    },
  ],
  find: (view) =>
    stranded(view).map((request) => {
      const { client, target, attempts, routes, finished } = request;
      const setting = settingOf(view, client);
      const [first] = attempts;
      const upper = variable(view, client, 'http_proxy') ? '' : ' (in upper case)';
      return {
        about: client,
        confidence: 'certain',
        why: `${client} has ${setting?.data.name ?? ''}=${setting?.data.value ?? ''}${upper} and nothing for https, so it went directly to ${target.host}:${target.port}, which ${howItFailed(first?.failure ?? null)}.`,
        evidence: seqs(setting, routes, first && shown(request, first), finished),
        explains: sentBy(request),
      };
    }),
});
