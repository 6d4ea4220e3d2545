import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { failedProxyAttempts, matchOf, needOf, saidBy } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

/** The proxy's own end of a handshake that the client never began. */
const refusedHandshakes = ({ attempt }: ProxyAttempt): TraceEvent<'tls.failed'>[] =>
  attempt.ofType('tls.failed').filter(({ by, data }) => data.role === 'server' && by.startsWith('proxy:'));

const confused = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(
    (one) =>
      one.attempt.route.startsWith('PROXY ') &&
      !one.answered &&
      one.attempt.clientTls.length === 0 &&
      refusedHandshakes(one).length > 0,
  );

export const proxyPlainToTlsPort = rule({
  id: 'proxy-plain-to-tls-port',
  title: 'The client speaks plain HTTP to a proxy that wants TLS',
  severity: 'error',
  summary:
    'The port is that of an HTTPS proxy: it waits for a ClientHello and gets “CONNECT …” in clear text. It ends the ' +
    'connection, with a TLS alert or without a word, and the client reports a close or an answer that is not HTTP.',
  confirm:
    'On the proxy’s port the client sends CONNECT in clear text, and what comes back is a TLS alert or FIN: filter ' +
    '`http.request.method=="CONNECT" || tcp.payload[0:2]==15:03 || tcp.flags.fin==1`; ' +
    '`openssl s_client -connect <proxy>:<port>` succeeds.',
  fix:
    'Use the plain port of the proxy. .NET Framework cannot speak TLS to a proxy at all; clients that can need https:// in ' +
    'the proxy’s address, or HTTPS in place of PROXY in the script.',
  refutedIf: 'A TLS handshake to this port does not succeed either.',
  alternatives: [],
  needs: [needOf('an attempt that ended while the proxy waited for TLS', confused)],
  find: (view) =>
    confused(view).map((one) => {
      const failed = refusedHandshakes(one);
      const match = matchOf(one, {
        confidence: 'certain',
        why: `${one.client} wrote "${one.asked}" in clear text to ${one.proxy}, which waited for a TLS handshake (${failed[0]?.data.detail ?? ''}); ${saidBy(one)}.`,
      });
      return { ...match, evidence: [...match.evidence, ...seqs(failed)] };
    }),
});
