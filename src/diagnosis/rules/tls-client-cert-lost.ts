import type { TraceEvent } from '../../trace/events.ts';
import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { tunnelTlsOf } from '../tunnel-tls.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

const inspected = (view: View): TunnelTls[] =>
  tunnelTlsOf(view).filter(({ client, substituted }) => client.type === 'tls.established' && substituted === true);

const isRefused = ({ data }: TraceEvent<'origin.response'>): boolean => data.status === 401 || data.status === 403;

export const tlsClientCertLost = rule({
  id: 'tls-client-cert-lost',
  title: 'TLS inspection loses the client certificate',
  severity: 'error',
  summary:
    'The proxy ends TLS and begins it anew. The client trusts the substitute and offers its certificate, but to the ' +
    'proxy; the service gets a connection without one and treats the connector as a stranger ' +
    '(ConnectorError:Unauthorized).',
  confirm:
    'After CONNECT 200, filter `tls.handshake.type==11`: the issuer in the tunnel is the inspector’s CA. On the server, ' +
    'open the same URL past the proxy and compare issuers.',
  fix:
    'Exempt *.msappproxy.net and *.servicebus.windows.net from TLS inspection on the proxy; the certificate is the ' +
    'only way by which the connector proves who it is.',
  refutedIf: 'The service’s own certificate arrives at the client, or the service’s log shows the client certificate.',
  alternatives: [],
  needs: [
    { says: 'a substituted certificate in a tunnel', seen: (view) => inspected(view).map(({ client }) => client) },
    {
      says: 'a 401 or 403 of the destination to a request without a client certificate',
      seen: (view) => view.ofType('origin.response').filter(isRefused),
    },
  ],
  find: (view) => inspected(view).flatMap((tls) => match(view, tls)),
});

function match(view: View, { reply, client, shown, real, evidence }: TunnelTls): Match[] {
  const until = reply.owner?.request.finished?.seq ?? Infinity;
  const after = pick(view.between(client.seq, until), 'origin.request', 'origin.response').filter(
    ({ data }) => data.host === reply.host,
  );
  const bare = pick(after, 'origin.request').find(({ data }) => data.clientCertificate === null);
  const refused = pick(after, 'origin.response').find(isRefused);
  if (!bare || !refused) return [];
  return [
    {
      about: reply.proxy,
      confidence: 'certain',
      why:
        `${reply.proxy} inspects TLS to ${reply.host}: the client saw the issuer ${String(shown?.issuer)}, the ` +
        `destination’s own is ${String(real?.certificate.issuer)}. No client certificate arrived there, and it answered ` +
        `${refused.data.status}.`,
      evidence: [...evidence, ...seqs(bare, refused, reply.owner?.request.finished)],
      explains: seqs(refused, reply.owner?.attempt.finished, reply.owner?.request.finished),
    },
  ];
}
