/** TLS inside a tunnel: whose certificate the client was shown, and whose the destination really has. */
import type { CertificateView, TraceEvent } from '../trace/events.ts';
import { groupIn, kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { isTunnel, tunnelReplies } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';

type Tls = TraceEvent<'tls.established' | 'tls.failed'>;

export interface TunnelTls {
  reply: Reply;
  /** The client's end. */
  client: Tls;
  shown: CertificateView | null;
  /** The destination's own certificate, and the event that tells it; unknown when no handshake of it is in the trace. */
  real: { certificate: CertificateView; event: Tls } | undefined;
  /** The proxy's own end of a handshake on the client's connection: it opened the tunnel's TLS. */
  intruder: Tls | undefined;
  /**
   * The client was shown another certificate than the destination's own: the proxy ended TLS itself, or the issuers
   * differ. Undefined when the trace does not tell.
   */
  substituted: boolean | undefined;
  evidence: number[];
}

/** Every handshake that a client made through a tunnel, in order. */
export const tunnelTlsOf = kept((view): readonly TunnelTls[] =>
  tunnelReplies(view)
    .filter(isTunnel)
    .flatMap((reply) => {
      const { conn } = reply.response.data;
      const inside = tlsEvents(view.onConnection(conn)).filter(({ seq }) => seq > reply.response.seq);
      const client = inside.find(({ by, data }) => data.role === 'client' && !isProxy(by));
      const intruder = inside.find(({ by, data }) => data.conn === conn && data.role === 'server' && isProxy(by));
      if (!client) return [];
      const shown = client.data.peer;
      const real = realCertificate(view, reply, client);
      return [
        {
          reply,
          client,
          shown,
          real,
          intruder,
          substituted: intruder ? true : shown && real ? shown.issuer !== real.certificate.issuer : undefined,
          evidence: seqs(reply.request, reply.response, client, intruder, real?.event),
        },
      ];
    }),
);

/** The proxy shook hands itself, and its log has no connection to the destination: the 200 was a show. */
export const fakedTunnels = kept((view): readonly TunnelTls[] =>
  tunnelTlsOf(view).filter(
    ({ reply, intruder }) =>
      intruder !== undefined &&
      pick(view.onConnection(reply.response.data.conn), 'proxy.tunnel').every(
        ({ seq }) => seq < (reply.request?.seq ?? 0),
      ),
  ),
);

/** The tunnel of this answer leads nowhere. */
export const isFaked = (view: View, reply: Reply): boolean => fakedTunnels(view).some((faked) => faked.reply === reply);

const tlsEvents = (events: readonly TraceEvent[]): Tls[] => pick(events, 'tls.established', 'tls.failed');
const isProxy = (by: string): boolean => by.startsWith('proxy:');

/** The destination's own words first, then what the proxy was shown, then any other handshake with that name. */
function realCertificate(view: View, reply: Reply, client: Tls): TunnelTls['real'] {
  const upstreams = pick(view.onConnection(reply.response.data.conn), 'proxy.tunnel').flatMap(
    ({ data }) => data.upstream ?? [],
  );
  const there = upstreams.flatMap((conn) => tlsEvents(view.onConnection(conn)));
  const named = handshakesByName(view).get(client.data.serverName ?? '') ?? [];
  for (const event of [...there, ...named]) {
    const certificate = isProxy(event.by) ? peerSeenBy(event) : ownCertificate(event);
    if (certificate) return { certificate, event };
  }
  return undefined;
}

const handshakesByName = kept((view) => {
  const names = new Map<string, Tls[]>();
  for (const event of tlsEvents(view.events)) groupIn(names, event.data.serverName ?? '', () => []).push(event);
  return names;
});

const ownCertificate = ({ data }: Tls): CertificateView | null => (data.role === 'server' ? (data.own ?? null) : null);

const peerSeenBy = ({ data }: Tls): CertificateView | null => (data.role === 'client' ? data.peer : null);
