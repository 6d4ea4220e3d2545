import { schemesOf } from '../challenges.ts';
import { rule } from '../rule.ts';
import { byVisits, flagOn, pageOf, refusalOf } from '../visits.ts';

export const beProxy407 = rule({
  id: 'be-proxy-407',
  title: 'The proxy to the application demands credentials',
  severity: 'error',
  summary:
    'The connector asks applications by the machine’s proxy, which answers 407. The connector runs as a service and has no ' +
    'credentials for proxies. The cloud leg is another way, and works; the user sees Bad gateway.',
  confirm:
    'Filter `http.response.code==407` on the backend proxy’s port (Message Analyzer: `(https.Request or https.Response) and ' +
    'tcp.port==8080`): 407 to the application’s name.',
  fix:
    'On the proxy, let the connector’s machine reach the published applications without authentication, by its address; or ' +
    'except the applications from the proxy where the network allows a direct way.',
  refutedIf: 'The proxy’s log shows the same request with 200 for the same machine.',
  alternatives: [],
  ...byVisits('a 407 on the way to an application', (visit, program, view) => {
    const flag = flagOn(program);
    const refusal = refusalOf(view, visit.backend);
    if (!flag || refusal?.status !== 407) return undefined;
    return {
      backend: visit.backend,
      settings: [flag],
      also: refusal.evidence,
      why:
        `${refusal.proxy} answered the request for ${visit.backend.target.host} with 407 and wants ` +
        `${schemesOf(refusal).join(' or ') || 'credentials'}; the connector has none. The user saw ${pageOf(visit)}.`,
    };
  }),
});
