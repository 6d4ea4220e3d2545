import { seqs } from '../../trace/view.ts';
import { counting } from '../programs.ts';
import { rule } from '../rule.ts';
import { bypassElement, serviceFile } from '../product-files.ts';
import { byVisits, cloudRequests, flagOn, pageOf, refusalOf } from '../visits.ts';

export const beSameProxyForBoth = rule({
  id: 'be-same-proxy-for-both',
  title: 'The proxy to the internet gets the backend requests too, and cannot reach the application',
  severity: 'error',
  summary:
    'With UseDefaultProxyForBackendRequests = 1 and nothing in the service’s own file, the requests to Azure and those to ' +
    'applications go by one proxy. It reaches Azure, and not the intranet. The user sees Bad gateway.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code>=400` on the proxy’s port (Message Analyzer: ' +
    '`(https.Request or https.Response) and tcp.port==8080`): 200 for the service’s names, 502, 503 or 504 for the application’s.',
  fix: `Give each leg its own proxy: set the one for backends for the machine, and take the cloud leg out of it in ${serviceFile}: ${bypassElement}, or <proxy proxyaddress="http://…"/> with the proxy to the internet. Or let this proxy reach the application.`,
  refutedIf:
    'Another client reaches the application by the same proxy, or the connector’s requests to Azure go another way.',
  alternatives: [],
  ...byVisits('an application that a proxy refuses, beside the service that it lets pass', (visit, program, view) => {
    const flag = flagOn(program);
    const refusal = refusalOf(view, visit.backend);
    const cloud = cloudRequests(program).find(
      ({ ok, attempts }) => ok && attempts.some(({ route }) => route === refusal?.owner?.attempt.route),
    );
    // Where netsh sends them is another cause.
    const astray = counting(program, 'winhttp.Proxy', 'netsh').length > 0;
    if (!flag || !refusal || refusal.status === 407 || !cloud || astray) return undefined;
    return {
      backend: visit.backend,
      settings: [flag],
      also: seqs(cloud.finished),
      why:
        `${refusal.proxy} carried ${cloud.target.host} and answered ${visit.backend.target.host} with ${refusal.status}: both ` +
        `legs go by it. The user saw ${pageOf(visit)}.`,
    };
  }),
});
