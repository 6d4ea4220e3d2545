import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs, settingsOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { rule } from '../rule.ts';
import { lostScript } from '../without-script.ts';

const refusedRequests = (view: View): readonly Request[] =>
  requestsOf(view).filter(({ finished }) => finished?.data.error?.name === 'ERR_MANDATORY_PROXY_CONFIGURATION_FAILED');

export const failoverMandatoryPac = rule({
  id: 'failover-mandatory-pac',
  title: 'The browser may not go on without its script, and there is none that works',
  severity: 'error',
  summary:
    'With a mandatory script (policy ProxyPacMandatory, or an extension’s `mandatory`) Chromium does not fail open: ' +
    'while the script cannot be fetched or run, every request ends with ERR_MANDATORY_PROXY_CONFIGURATION_FAILED (-131).',
  confirm:
    'chrome://policy shows ProxyPacMandatory; the page says ERR_MANDATORY_PROXY_CONFIGURATION_FAILED. In a capture: the ' +
    'GET of the script fails, and no SYN follows, neither to a proxy nor to a destination.',
  fix:
    'Repair what the evidence shows of the script’s download: that is the cause; the policy turns it into an outage. Serve ' +
    'the script from more than one host, or drop the policy where going direct is the lesser evil.',
  refutedIf: 'The script is fetched and answers, and the error stays.',
  alternatives: [],
  needs: [
    {
      says: 'a request that ended with ERR_MANDATORY_PROXY_CONFIGURATION_FAILED',
      seen: (view) => refusedRequests(view).flatMap(({ finished }) => finished ?? []),
    },
  ],
  find: (view) =>
    refusedRequests(view).map((request) => {
      const { client, url, routes, finished } = request;
      const setting = settingsOf(view).get(client)?.get('browser.mandatory');
      const lost = lostScript(view, request);
      return {
        about: client,
        confidence: 'certain',
        why: `${client} requests nothing, not even ${url}: ${lost?.says ?? 'there is no script'}, and the script is mandatory.`,
        evidence: seqs(setting, lost?.evidence, routes, finished),
        explains: [...(lost?.explains ?? []), ...allOf(request)],
      };
    }),
});
