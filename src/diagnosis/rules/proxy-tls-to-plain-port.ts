import type { Attempt } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { failedProxyAttempts, matchOf, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

/** Text came, or nothing: some proxies wait for the end of a line. */
const confused = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(
    ({ attempt, failure }) =>
      attempt.route.startsWith('HTTPS ') &&
      (failure === 'tls.protocol' || (failure === 'http.timeout' && isUnheard(attempt))),
  );

const isUnheard = (attempt: Attempt): boolean =>
  attempt.ofType('proxy.request').length === 0 && attempt.ofType('tls.established').length === 0;

export const proxyTlsToPlainPort = rule({
  id: 'proxy-tls-to-plain-port',
  title: 'The client speaks TLS to a proxy that speaks plain HTTP',
  severity: 'error',
  summary:
    'The proxy is set as https://…, so the client begins with a TLS handshake on the way to the proxy. A plain proxy reads ' +
    'that as a broken request and answers in text, which no TLS client understands. The https of the destination has nothing to do with it.',
  confirm:
    'The first packet of the client to the proxy’s port is a ClientHello (`tcp.payload[0:2]==16:03`; Wireshark takes 8080 for HTTP and names no TLS there), and the answer is text: ' +
    '`HTTP/1.1 400`. In the proxy’s log an unreadable request, or a failed handshake.',
  fix: 'Write http:// in the address of the proxy, for https destinations too: HTTPS_PROXY=http://proxy:8080.',
  refutedIf: 'The proxy answers the ClientHello with a ServerHello.',
  alternatives: [
    {
      id: 'cfg-env-scheme-https',
      tellApart:
        'The address comes from HTTPS_PROXY: its https:// was written for the destinations, or left out where the program fills in the destination’s scheme (proxy-agent of Node).',
    },
  ],
  needs: [needOf('an attempt by a TLS proxy that was not answered with TLS', confused)],
  find: (view) =>
    confused(view).map((one) => {
      const replies = one.attempt.ofType('proxy.response');
      const [reply] = replies;
      const answer = reply
        ? ` and got "HTTP/1.1 ${reply.data.status}"`
        : one.failure === 'http.timeout'
          ? ' and got nothing'
          : '';
      const match = matchOf(one, {
        confidence: one.failure === 'http.timeout' ? 'likely' : 'certain',
        why: `${one.client} began TLS with ${one.proxy}${answer} in place of a ServerHello; ${saidBy(one)}.`,
      });
      return { ...match, evidence: [...match.evidence, ...seqs(replies, one.attempt.ofType('tls.failed'))] };
    }),
});
