import type { TraceEvent } from '../../trace/events.ts';
import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { lostCertificatesOf } from '../lost-certificates.ts';
import type { LostCertificate } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** The handshakes of the destination on the connection by which a request came. */
const handshakesFor = (view: View, { bare }: LostCertificate): TraceEvent<'tls.established'>[] =>
  pick(view.onConnection(bare.data.conn), 'tls.established').filter(
    ({ data, seq }) => data.role === 'server' && data.conn === bare.data.conn && seq < bare.seq,
  );

const late = (view: View): LostCertificate[] =>
  lostCertificatesOf(view).filter((lost) => handshakesFor(view, lost).length > 1);

function match(view: View, lost: LostCertificate): Match {
  const { reply } = lost.tls;
  const handshakes = handshakesFor(view, lost);
  return {
    about: `${reply.host} at ${reply.proxy}`,
    confidence: 'certain',
    why:
      `${reply.host} made a second handshake on the connection of ${reply.proxy} when the request had come, to ask for a ` +
      `client certificate; the proxy had none to show, and the answer was ${lost.refused.data.status}.`,
    evidence: [...lost.evidence, ...seqs(handshakes)],
    explains: lost.evidence,
  };
}

export const tlsRenegotiationCert = rule({
  id: 'tls-renegotiation-cert',
  title: 'The destination asks for a client certificate by renegotiation, behind an inspector',
  severity: 'error',
  summary:
    'The destination (TLS 1.2) asks for a certificate only when a request wants something protected. The client’s TLS ends at ' +
    'the proxy, which cannot pass the question on: the key is with the client.',
  confirm:
    'In a capture behind the proxy filter `tls.record.content_type==22`: handshake records after the first application data. ' +
    'The destination’s log shows the second handshake, and no certificate.',
  fix: 'Exempt the destination from TLS inspection on the proxy. Where the destination is yours, ask in the first handshake, which TLS 1.3 needs anyway.',
  refutedIf: 'The destination’s log shows that it asked in the first handshake.',
  alternatives: [],
  needs: [
    {
      says: 'a second handshake on a connection before a request that lacked a certificate',
      seen: (view) => late(view).map(({ bare }) => bare),
    },
  ],
  find: (view) => late(view).map((lost) => match(view, lost)),
});
