import type { View } from '../../trace/view.ts';
import { matchOf, needOf, saidBy, unanswered, wasAsked } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const reset = (view: View): ProxyAttempt[] => unanswered(view, 'tcp.reset').filter(wasAsked);

export const proxyRstOnConnect = rule({
  id: 'proxy-rst-on-connect',
  title: 'The request to the proxy is answered with RST',
  severity: 'error',
  summary:
    'The connection to the proxy stands, the request goes out, and RST comes back: the proxy process died, or a device ' +
    'between reads the name in CONNECT and kills the connection.',
  confirm:
    'Filter `tcp.flags.reset==1` on the proxy’s port: RST after the CONNECT. Compare the TTL of the RST with that of the ' +
    'SYN-ACK (`ip.ttl`): a different one was sent by another device.',
  fix: 'Look for the RST in the log of the proxy; when the proxy did not send it, in those of the firewalls between, and exempt the connector there.',
  refutedIf: 'The proxy’s status line stands in the stream before the RST.',
  alternatives: [
    {
      id: 'proxy-client-ip-limit',
      tellApart: 'Older connections of the same machine to this proxy stand, and go on standing.',
    },
  ],
  needs: [needOf('an attempt that ended with RST before an answer of the proxy', reset)],
  find: (view) =>
    reset(view).map((one) =>
      matchOf(one, {
        confidence: 'certain',
        why: `"${one.asked}" of ${one.client} reached ${one.proxy}, and RST was the answer; ${saidBy(one)}.`,
      }),
    ),
});
