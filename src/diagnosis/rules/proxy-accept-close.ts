import type { View } from '../../trace/view.ts';
import { matchOf, needOf, saidBy, unanswered, wasAsked } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const closed = (view: View): ProxyAttempt[] => unanswered(view, 'tcp.closed').filter(wasAsked);

export const proxyAcceptClose = rule({
  id: 'proxy-accept-close',
  title: 'The proxy closes the connection instead of answering',
  severity: 'error',
  summary:
    'The proxy accepts the connection, reads the request and says FIN before any status line. It has no opinion to ' +
    'give: a crashed worker, a load balancer without a live proxy behind it, or a product that drops what it does not like.',
  confirm:
    'Follow the stream of the CONNECT: `tcp.flags.fin==1` from the proxy right after the request, and no `http.response`.',
  fix: 'Look for this time in the proxy’s log, and in that of a load balancer before it; ask for an answer (403, 503) in place of the close.',
  refutedIf: 'A status line of the proxy is in the stream before its FIN.',
  alternatives: [
    {
      id: 'proxy-client-ip-limit',
      tellApart: 'Older connections of the same machine to this proxy stand, and go on standing.',
    },
    {
      id: 'proxy-plain-to-tls-port',
      tellApart:
        'The port wants TLS, and ends without a word what does not begin with a ClientHello: `openssl s_client` succeeds there.',
    },
  ],
  needs: [needOf('an attempt that ended with FIN of the proxy before an answer', closed)],
  find: (view) =>
    closed(view).map((one) =>
      matchOf(one, {
        confidence: 'certain',
        why: `${one.proxy} took "${one.asked}" of ${one.client} and closed the connection without a status line; ${saidBy(one)}.`,
      }),
    ),
});
