import type { View } from '../../trace/view.ts';
import { failedProxyAttempts, isLost, deadMatch, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const unresolved = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(
    (one) => isLost(one) && !one.connected && (one.failure === 'dns.nxdomain' || one.failure === 'dns.nodata'),
  );

export const proxyNameNxdomain = rule({
  id: 'proxy-name-nxdomain',
  title: 'The name of the proxy does not exist',
  severity: 'error',
  summary:
    'The client has a proxy by name, and DNS does not know the name: misspelt, without its suffix, or known in another ' +
    'network only. No packet goes to the proxy or the service.',
  confirm:
    'Filter `dns.flags.rcode==3` (Message Analyzer: `DNS`) and look for the proxy’s name; `nslookup <proxy>` on the machine says the same.',
  fix: 'Correct the name where it is set (proxyaddress="http://proxyserver:8080" in ApplicationProxyConnectorService.exe.config and ApplicationProxyConnectorUpdaterService.exe.config or in machine.config, the proxy script, netsh winhttp, the environment), or publish it in the DNS that this machine asks.',
  refutedIf: 'The name resolves on this machine, with the resolver that the client asks.',
  alternatives: [],
  needs: [needOf('an attempt that failed because the proxy’s name has no address', unresolved)],
  find: (view) =>
    unresolved(view).map((one) =>
      deadMatch(
        view,
        one,
        `${one.client} has the proxy ${one.proxy}, and DNS knows no address of ${one.attempt.proxy?.host ?? ''}; ${saidBy(one)}.`,
      ),
    ),
});
