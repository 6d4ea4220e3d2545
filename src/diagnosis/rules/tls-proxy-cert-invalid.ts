import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

interface Rejected {
  request: Request;
  attempt: Attempt;
  client: TraceEvent<'tls.failed'>;
}

const complaints: Readonly<Record<string, string>> = {
  'tls.untrusted': 'does not trust its issuer',
  'tls.weak': 'finds its key or signature too weak',
  'tls.name': 'does not find the proxy’s name in it',
  'tls.expired': 'finds it out of its dates',
};

/** Handshakes with the proxy itself, before anything was asked of it. */
const rejected = kept((view): readonly Rejected[] =>
  requestsOf(view).flatMap((request) =>
    request.attempts
      .filter(({ route, ofType }) => route.startsWith('HTTPS ') && ofType('proxy.response').length === 0)
      .flatMap((attempt) =>
        attempt.ofType('tls.failed').flatMap((client) => {
          const isOwn = client.data.role === 'client' && client.by === attempt.started.by;
          return isOwn && client.data.code in complaints ? [{ request, attempt, client }] : [];
        }),
      ),
  ),
);

function match({ request, attempt, client }: Rejected): Match {
  const { peer, code, serverName, conn } = client.data;
  const other = attempt.ofType('tls.failed').find(({ data, by }) => data.conn === conn && by !== client.by);
  const error = request.finished?.data.error;
  return {
    about: attempt.route,
    confidence: 'certain',
    why:
      `${attempt.route} showed ${request.client} a certificate of ${String(peer?.issuer)} for ${peer?.names.join(', ') ?? 'nobody'}, ` +
      `valid to ${String(peer?.notAfter)}; the client asked for ${String(serverName)} and ${String(complaints[code])}` +
      `${error ? ` (${error.name})` : ''}.`,
    evidence: seqs(attempt.started, client, other, attempt.finished, request.finished),
    explains: seqs(client, other, attempt.finished, request.finished),
  };
}

export const tlsProxyCertInvalid = rule({
  id: 'tls-proxy-cert-invalid',
  title: 'The HTTPS proxy’s own certificate is not accepted',
  severity: 'error',
  summary:
    'The client speaks TLS to the proxy itself, and that handshake fails on the proxy’s certificate, before any CONNECT. The ' +
    'destination plays no part in it.',
  confirm:
    'Filter `tcp.payload[0:2]==16:03 || tls.handshake.type==11 || tls.alert_message` on the proxy’s port (decode it as TLS): the ' +
    'certificate is for the proxy, and no CONNECT was sent before it. `openssl s_client -connect proxy:port` shows it.',
  fix: 'On the proxy renew the certificate, for the name that clients use and with its chain; or put its root into the store of the machine.',
  refutedIf: 'The same client opens a page of the proxy’s own by https:// with the same name and port.',
  alternatives: [],
  needs: [
    {
      says: 'a handshake with an HTTPS proxy that failed on its certificate',
      seen: (view) => rejected(view).map(({ client }) => client),
    },
  ],
  find: (view) => rejected(view).map(match),
});
