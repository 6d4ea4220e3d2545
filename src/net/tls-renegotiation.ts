/**
 * A certificate that a server asks for late: when the request has told what is wanted, by a second handshake on the
 * same connection (RFC 5246 7.4.1.1). TLS 1.3 has no renegotiation.
 */
import { constants } from 'node:crypto';

import { viewCertificates } from '../trace/certificate.ts';
import type { CertificateView } from '../trace/events.ts';
import { sentBy } from './tls.ts';
import type { TlsConnection, TlsTools } from './tls.ts';
import { verifyPeer } from './tls-verify.ts';

/** What a server's context needs for it: a resumed session would ask for nothing. */
export const renegotiable = {
  secureOptions: constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION,
} as const;

/** The client's certificate, or null when none comes that counts. `authorities` are those whose certificates count. */
export async function askLate(
  { stream, connection, serverName }: TlsConnection,
  authorities: readonly string[],
  { pen, clock, pki }: TlsTools,
): Promise<CertificateView | null> {
  const trusted = await pki.trusted(authorities);
  const done = await new Promise<boolean>((resolve) => {
    stream.once('close', () => resolve(false));
    const begun = stream.renegotiate({ requestCert: true, rejectUnauthorized: false }, (error) => resolve(!error));
    // A stream that is closed already begins nothing.
    if (begun !== true) resolve(false);
  });
  if (!done || stream.destroyed) return null;
  const sent = sentBy(stream, trusted);
  const [leaf, ...along] = sent;
  const peer = leaf ? viewCertificates(leaf, along) : null;
  pen.write('tls.established', {
    conn: connection.id,
    role: 'server',
    serverName,
    version: stream.getProtocol() ?? '',
    cipher: stream.getCipher().standardName,
    alpn: stream.alpnProtocol || null,
    peer,
    own: null,
  });
  return peer && verifyPeer(sent, { trusted, date: clock.date(), name: null }).ok ? peer : null;
}
