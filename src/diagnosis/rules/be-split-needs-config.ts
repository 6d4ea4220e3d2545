import { seqs } from '../../trace/view.ts';
import { bySettings, counting, nameOf, ownSection } from '../programs.ts';
import { bypassElement, serviceFile } from '../product-files.ts';
import type { Alternative } from '../../finding.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';
import { cloudRequests, flagOn, refusalOf } from '../visits.ts';

/** Where nothing shows that backends get through, the proxy may be meant for both legs. */
const refusing: readonly Alternative[] = [
  {
    id: 'policy-502-deny',
    tellApart: 'This proxy is meant to lead to Azure as well: then it has to let the service pass.',
  },
];

export const beSplitNeedsConfig = rule({
  id: 'be-split-needs-config',
  title: 'The proxy for backends gets the connector’s own traffic too, and does not lead to Azure',
  severity: 'error',
  summary:
    'A proxy was set for the machine for the sake of backends. The connector’s cloud leg follows the same settings unless ' +
    'its own file says otherwise, so it goes to a proxy that knows the intranet only. Backends would work, the connector does not.',
  confirm:
    'Filter `http.request.method=="CONNECT"` on the backend proxy’s port (Message Analyzer: `(https.Request or ' +
    'https.Response) and tcp.port==8080`): CONNECT to *.msappproxy.net, refused.',
  fix: `In ${serviceFile} say where the cloud leg goes: ${bypassElement} for direct, or <proxy proxyaddress="http://proxyserver:8080"/> with the proxy to the internet. Restart the connector service.`,
  refutedIf: 'The file has a <defaultProxy> of its own that counts, or the proxy lets *.msappproxy.net pass.',
  alternatives: [],
  ...bySettings('a proxy of the machine that carries backends and refuses the service', (program, view) => {
    const flag = flagOn(program);
    const [proxy] = counting(program, 'ProxyServer');
    // The updater has a file of its own, and a rule.
    const updates = program.started.data.identity === 'system';
    if (!flag || !proxy || updates || ownSection(program).length > 0) return [];
    const refused = cloudRequests(program).filter((request) => refusalOf(view, request) !== undefined);
    const [first] = refused;
    const route = first?.attempts[0]?.route;
    const served = program.requests.find(
      ({ ok, target, attempts }) =>
        ok && useOf(target.host, target.port) === undefined && attempts.some((attempt) => attempt.route === route),
    );
    if (!first || cloudRequests(program).some(({ ok }) => ok)) return [];
    return [
      {
        settings: [flag, proxy],
        requests: refused,
        also: seqs(served?.finished),
        ...(served ? {} : { match: { confidence: 'likely' as const, alternatives: refusing } }),
        why:
          `${nameOf(program)} has no defaultProxy in its own file: ${first.target.host} went to ${proxy.data.value}, the machine’s ` +
          `proxy, which refused it` +
          (served ? ` and carried ${served.target.host}.` : `, and which ${flag.data.name} = 1 names for backends.`),
      },
    ];
  }),
});
