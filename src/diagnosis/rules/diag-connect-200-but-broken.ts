import type { TraceEvent } from '../../trace/events.ts';
import type { Attempt } from '../../trace/requests.ts';
import { kept, pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { connectFilter } from '../filters.ts';
import { rule } from '../rule.ts';
import { tunnelTlsOf } from '../tunnel-tls.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

interface Broken {
  tls: TunnelTls;
  attempt: Attempt;
  /** What the destination itself did, and the words for it. */
  event: TraceEvent;
  says: string;
}

/** The tunnel stands, the certificate is the destination's own, and the destination fails the request. */
const broken = kept((view): readonly Broken[] =>
  tunnelTlsOf(view).flatMap((tls): Broken[] => {
    const { reply, client, substituted, intruder } = tls;
    const attempt = reply.owner?.attempt;
    if (!attempt || client.type !== 'tls.established' || substituted !== false || intruder) return [];
    const failed = attempt.ofType('origin.response').find(({ data }) => data.status >= 500);
    if (failed) return [{ tls, attempt, event: failed, says: `answered ${failed.data.status} in it` }];
    if (attempt.failure === null || attempt.ofType('origin.response').length > 0) return [];
    const end = endOf(view, attempt);
    const how = end?.type === 'tcp.rst' ? 'RST' : 'FIN';
    return end ? [{ tls, attempt, event: end, says: `ended it with ${how} before it answered` }] : [];
  }),
);

/** The first word that ends the connection between proxy and destination, where it is the destination's. */
function endOf(view: View, { upstreams }: Attempt): TraceEvent<'tcp.fin' | 'tcp.rst'> | undefined {
  const [end] = upstreams.flatMap((conn) => pick(view.onConnection(conn), 'tcp.fin', 'tcp.rst').slice(0, 1));
  return end?.by.startsWith('host:') === true ? end : undefined;
}

export const diagConnect200ButBroken = rule({
  id: 'diag-connect-200-but-broken',
  title: 'CONNECT got 200, and the application fails all the same: the proxy is not the cause',
  severity: 'error',
  summary:
    '200 to CONNECT says that the proxy lets the client through, and no more. Here TLS stands too, with the destination’s own ' +
    'certificate; what fails is the destination, or something behind the proxy. Whoever looks at CONNECT alone sees a healthy trace.',
  confirm:
    `Filter ${connectFilter(200)}, then follow the stream behind it: handshake, certificate (\`tls.handshake.type==11\`), and who sends the first ` +
    'FIN or RST. The service’s own log has the request.',
  fix: 'Look at the destination: its health, its log at that time, the tenant’s state. On this side nothing is to be changed as long as other hosts work by the same proxy.',
  refutedIf: 'The certificate in the tunnel is not the destination’s own, or the proxy ended the tunnel first.',
  alternatives: [
    {
      id: 'tls-client-cert-expired',
      tellApart:
        'The destination asks for a client certificate and ends at once: the dates of the one in the machine’s store have passed.',
    },
  ],
  needs: [
    {
      says: 'a tunnel with the destination’s own certificate, in which the destination failed',
      seen: (view) => broken(view).flatMap(({ tls, event }) => [tls.reply.response, event]),
    },
  ],
  find: (view) =>
    broken(view).map(({ tls, attempt, event, says }) => {
      const { reply } = tls;
      return {
        about: reply.host,
        confidence: 'likely',
        why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with ${reply.status} and TLS stands with the destination’s own certificate; ${reply.host} ${says}.`,
        evidence: [...tls.evidence, ...seqs(event, attempt.finished, reply.owner?.request.finished)],
        explains: seqs(event, attempt.finished, reply.owner?.request.finished),
      };
    }),
});
