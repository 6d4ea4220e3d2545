/** Tunnels whose TLS was ended by the proxy, and what came of it: certificates that were lost, handshakes refused. */
import type { Alternative } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import { tunnelTlsOf } from './tunnel-tls.ts';
import type { TunnelTls } from './tunnel-tls.ts';

export interface LostCertificate {
  tls: TunnelTls;
  /** The request as it reached the destination: without a client certificate. */
  bare: TraceEvent<'origin.request'>;
  refused: TraceEvent<'origin.response'>;
  evidence: number[];
}

export const isRefused = ({ data }: TraceEvent<'origin.response'>): boolean =>
  data.status === 401 || data.status === 403;

/** Tunnels with a substitute certificate that the client accepted. */
export const inspectedTunnels = kept((view): readonly TunnelTls[] =>
  tunnelTlsOf(view).filter(({ client, substituted }) => client.type === 'tls.established' && substituted === true),
);

/** Tunnels in which the client saw the destination's own certificate. */
export const untouchedTunnels = kept((view): readonly TunnelTls[] =>
  tunnelTlsOf(view).filter(({ client, substituted }) => client.type === 'tls.established' && substituted === false),
);

/** Requests that were turned away because the proxy could not show the client's certificate. */
export const lostCertificatesOf = kept((view): readonly LostCertificate[] =>
  inspectedTunnels(view).flatMap((tls) => {
    const { reply, client, evidence } = tls;
    const until = reply.owner?.request.finished?.seq ?? Infinity;
    const after = pick(view.between(client.seq, until), 'origin.request', 'origin.response').filter(
      ({ data }) => data.host === reply.host,
    );
    const bare = pick(after, 'origin.request').find(({ data }) => data.clientCertificate === null);
    const refused = pick(after, 'origin.response').find(isRefused);
    if (!bare || !refused) return [];
    return [{ tls, bare, refused, evidence: [...evidence, ...seqs(bare, refused, reply.owner?.request.finished)] }];
  }),
);

/** Handshakes that the client ended because of the certificate, which was not the destination's own. */
export const rejectedSubstitutes = kept((view): readonly TunnelTls[] =>
  tunnelTlsOf(view).filter(
    ({ client, substituted }) =>
      client.type === 'tls.failed' &&
      /^tls\.(untrusted|weak|name|expired)$/.test(client.data.code) &&
      substituted !== false,
  ),
);

/** The client knows the issuer, and finds key or signature of the certificate too weak. */
export const isWeak = ({ client }: TunnelTls): boolean =>
  client.type === 'tls.failed' && client.data.code === 'tls.weak';

/** The client does not know the issuer. */
export const isUnknownIssuer = ({ client }: TunnelTls): boolean =>
  client.type === 'tls.failed' && client.data.code === 'tls.untrusted';

/** What a wrong certificate may be where the trace does not tell whose it is. */
export const perhapsItsOwn: Alternative = {
  id: 'tls-origin-cert-bad-behind-inspector',
  tellApart: 'A connection past the proxy shows the same certificate: then it is the destination’s own that is wrong.',
};

/** What is known of a tunnel up to the end of its request. */
export const wholeEvidence = ({ evidence, reply: { owner } }: TunnelTls): number[] => [
  ...evidence,
  ...seqs(owner?.attempt.finished, owner?.request.finished),
];
