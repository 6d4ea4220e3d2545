import { seqs } from '../../trace/view.ts';
import { bySettings, counting, hasFailed, nameOf, ownSection, programsOf, sameMachine } from '../programs.ts';
import { bypassElement, updaterFile } from '../product-files.ts';
import { rule } from '../rule.ts';
import { cloudRequests, flagsOf } from '../visits.ts';

export const beUpdaterFollowsMachineProxy = rule({
  id: 'be-updater-follows-machine-proxy',
  title: 'The updater goes by the proxy that was set for backends',
  severity: 'error',
  summary:
    'A proxy was set for the machine for the sake of backends, and the connector’s own file takes its cloud leg out of it. ' +
    'The updater has a file of its own, which says nothing: it follows the machine’s proxy, which does not lead to Azure. ' +
    'The connector works, and grows old.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code>=400` on the backend proxy’s port while the updater service ' +
    'starts (Message Analyzer: `(https.Request or https.Response) and tcp.port==8080`).',
  fix: `In ${updaterFile} say where it goes: ${bypassElement}, or <proxy proxyaddress="http://proxyserver:8080"/>, as in the connector’s own file. Restart the updater service.`,
  refutedIf: 'The updater’s file has a <defaultProxy> of its own, or the machine’s proxy lets *.msappproxy.net pass.',
  alternatives: [],
  ...bySettings(
    'an updater that fails by the machine’s proxy, beside a connector with a file of its own',
    (program, view) => {
      const [proxy] = counting(program, 'ProxyServer', 'per-machine');
      if (!proxy || program.started.data.identity !== 'system' || ownSection(program).length > 0) return [];
      const failed = cloudRequests(program).filter(
        (request) => hasFailed(request) && request.attempts.some((attempt) => attempt.proxy !== null),
      );
      const connector = programsOf(view).find(
        (other) =>
          sameMachine(other, program) && ownSection(other).length > 0 && cloudRequests(other).some(({ ok }) => ok),
      );
      const [first] = failed;
      if (!connector || !first) return [];
      return [
        {
          settings: [proxy],
          requests: failed,
          also: seqs(program.started, flagsOf(connector), ownSection(connector), cloudRequests(connector)[0]?.finished),
          why:
            `${nameOf(program)} has no defaultProxy in its own file and went by ${proxy.data.value}, the machine’s proxy, in vain; ` +
            `${nameOf(connector)} has one and reached the service.`,
        },
      ];
    },
  ),
});
