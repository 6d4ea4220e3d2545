import { seqs } from '../../trace/view.ts';
import { inspectedTunnels, isRefused, lostCertificatesOf } from '../lost-certificates.ts';
import type { LostCertificate } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

export const tlsClientCertLost = rule({
  id: 'tls-client-cert-lost',
  title: 'TLS inspection loses the client certificate',
  severity: 'error',
  summary:
    'The proxy ends TLS and begins it anew. The client trusts the substitute and offers its certificate, but to the ' +
    'proxy; the service gets a connection without one and treats the connector as a stranger ' +
    '(ConnectorError:Unauthorized).',
  confirm:
    'After CONNECT 200, filter `tls.handshake.type==11` (Message Analyzer: `TLS and tcp.port==8080`, with the port of your proxy): the issuer in the tunnel is the inspector’s CA. On the server, ' +
    'open the same URL past the proxy and compare issuers.',
  fix:
    'Exempt *.msappproxy.net and *.servicebus.windows.net from TLS inspection on the proxy; the certificate is the ' +
    'only way by which the connector proves who it is.',
  refutedIf: 'The service’s own certificate arrives at the client, or the service’s log shows the client certificate.',
  alternatives: [
    {
      id: 'tls-two-way-auth-broken-generic',
      tellApart: 'The destination is not the connector’s service: exempt whatever host asks for a certificate.',
    },
    {
      id: 'tls-renegotiation-cert',
      tellApart:
        'The destination speaks TLS 1.2 at most and asks for the certificate after the handshake: its own log says so.',
    },
  ],
  needs: [
    {
      says: 'a substituted certificate in a tunnel',
      seen: (view) => inspectedTunnels(view).map(({ client }) => client),
    },
    {
      says: 'a 401 or 403 of the destination to a request without a client certificate',
      seen: (view) => view.ofType('origin.response').filter(isRefused),
    },
  ],
  find: (view) => lostCertificatesOf(view).map(match),
});

const match = ({ tls: { reply, shown, real }, refused, evidence }: LostCertificate): Match => ({
  about: reply.proxy,
  confidence: 'certain',
  why:
    `${reply.proxy} inspects TLS to ${reply.host}: the client saw the issuer ${String(shown?.issuer)}, the ` +
    `destination’s own is ${String(real?.certificate.issuer)}. No client certificate arrived there, and it answered ` +
    `${refused.data.status}.`,
  evidence,
  explains: seqs(refused, reply.owner?.attempt.finished, reply.owner?.request.finished),
});
