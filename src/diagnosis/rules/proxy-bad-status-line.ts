import type { View } from '../../trace/view.ts';
import { cameEarly, failedProxyAttempts, matchOf, needOf, saidBy, wasAsked } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

const malformed = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(
    (one) => one.failure === 'http.malformed' && one.connected && wasAsked(one) && !cameEarly(one),
  );

export const proxyBadStatusLine = rule({
  id: 'proxy-bad-status-line',
  title: 'What the proxy answers is not HTTP',
  severity: 'error',
  summary:
    'The answer does not begin with a status line that the client can read: a code is missing, or another protocol speaks ' +
    'there. Clients give up, each in other words; Chromium takes a line without a number for 200 and goes on.',
  confirm:
    'Follow the TCP stream of the CONNECT and read the first line from the proxy. `15 03` in hex is a TLS alert: the port wants TLS.',
  fix: 'Correct port and protocol of the proxy setting; where the port is right, update the proxy or the device that writes this line.',
  refutedIf: 'The first line from the proxy reads “HTTP/1.1”, a blank, and three digits.',
  alternatives: [
    {
      id: 'proxy-plain-to-tls-port',
      tellApart: 'The bytes are a TLS alert, or a TLS handshake to this port succeeds.',
    },
  ],
  needs: [needOf('an attempt that ended because the proxy’s answer is not HTTP', malformed)],
  find: (view) =>
    malformed(view).map((one) =>
      matchOf(one, {
        confidence: 'certain',
        why: `To "${one.asked}" ${one.proxy} gave no HTTP answer (${one.attempt.finished?.data.detail ?? ''}); ${saidBy(one)}.`,
      }),
    ),
});
