import type { View } from '../../trace/view.ts';
import { failedProxyAttempts, isLost, deadMatch, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const refused = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter((one) => isLost(one) && one.failure === 'tcp.refused');

/** The address that refused, of those that were dialled. */
const addressOf = ({ attempt: { dials } }: ProxyAttempt): string =>
  dials.find(({ outcome }) => outcome === 'refused')?.to.ip ?? 'address unknown';

export const proxyRefused = rule({
  id: 'proxy-refused',
  title: 'Nothing listens at the proxy’s address',
  severity: 'error',
  summary:
    'The proxy’s name resolves, and the machine there answers SYN with RST: the port is wrong, or the proxy is not ' +
    'running. The service itself is never asked.',
  confirm:
    'Filter `tcp.flags.reset==1` and look at RST from the proxy’s address right after SYN; `Test-NetConnection <proxy> -Port <port>`.',
  fix: 'Correct the port where the proxy is set (8080 and 3128 are usual; without a port some clients take 80, curl 1080), or start the proxy.',
  refutedIf: 'A connection to this address and port from the same machine is accepted.',
  alternatives: [],
  needs: [needOf('an attempt whose proxy refused the connection', refused)],
  find: (view) =>
    refused(view).map((one) =>
      deadMatch(
        view,
        one,
        `${one.proxy} (${addressOf(one)}) answered the SYN of ${one.client} with RST; ${saidBy(one)}.`,
      ),
    ),
});
