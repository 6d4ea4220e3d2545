import { sayDuration } from '../../duration.ts';
import type { View } from '../../trace/view.ts';
import { failedProxyAttempts, isLost, deadMatch, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const silent = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter((one) => isLost(one) && !one.connected && isSilent(one));

/** No address of the proxy said a word. */
const isSilent = ({ attempt: { dials } }: ProxyAttempt): boolean =>
  dials.length > 0 && dials.every(({ outcome }) => outcome === 'silent');

export const proxySynBlackhole = rule({
  id: 'proxy-syn-blackhole',
  title: 'The proxy does not answer SYN',
  severity: 'error',
  summary:
    'The client’s SYNs to the proxy get no answer: it is down, in another network, or a firewall between drops them. The ' +
    'repeated SYNs go to the proxy’s port, so a filter on port 443 shows nothing.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: `property.TCPSynRetransmit`) without a port: ' +
    'the repeated SYNs go to the proxy. `Test-NetConnection <proxy> -Port <port>` on the machine.',
  fix: 'Let the firewall between pass TCP from the connector’s machine to the proxy’s port, or correct the proxy’s address and port (for a connector: proxyaddress="http://proxyserver:8080" in ApplicationProxyConnectorService.exe.config and ApplicationProxyConnectorUpdaterService.exe.config).',
  refutedIf: 'A SYN-ACK of the proxy is in the capture.',
  alternatives: [
    {
      id: 'select-stale-after-vpn',
      tellApart: 'The machine has just changed its network, and the proxy belongs to the one that it left.',
    },
    {
      id: 'env-vpn-down',
      tellApart:
        'The VPN has just gone down: the proxy’s address is private, and no way leads there from this network.',
    },
  ],
  needs: [needOf('an attempt whose SYNs to the proxy were never answered', silent)],
  find: (view) =>
    silent(view).map((one) => {
      const dial = one.attempt.dials.find(({ outcome }) => outcome === 'silent');
      return deadMatch(
        view,
        one,
        `${dial?.silentSyns ?? 0} SYNs of ${one.client} to ${one.proxy} (${dial?.to.ip ?? ''}) got no answer in ${sayDuration(dial?.waited ?? 0)}; ${saidBy(one)}.`,
      );
    }),
});
