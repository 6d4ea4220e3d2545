/** OpenSSL's and Node's words for a broken handshake → a failure of the pretend world, and the alert on the wire. */
import type { Failure } from '../failure.ts';

interface OpenSslError extends Error {
  code?: string;
  reason?: string;
}

/** What the end that refuses sends, where Node's error does not tell (RFC 8446 6.2, as OpenSSL does it). */
const alertsSent: Record<string, string> = {
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'protocol_version',
  ERR_SSL_UNKNOWN_PROTOCOL: 'protocol_version',
  ERR_SSL_VERSION_TOO_LOW: 'protocol_version',
  ERR_SSL_NO_SHARED_CIPHER: 'handshake_failure',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'handshake_failure',
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: 'handshake_failure',
  ERR_SSL_INAPPROPRIATE_FALLBACK: 'illegal_parameter',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'no_application_protocol',
  ERR_SSL_CALLBACK_FAILED: 'internal_error',
};

export const missingCertificate = 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE';

/** The alert that the peer sent, in the words of RFC 8446: `certificate_required`. Null when it sent none. */
export function alertReceived(error: Error): string | null {
  // The texts differ between OpenSSL versions (`sslv3 alert handshake failure`, `ssl/tls alert handshake failure`);
  // the code never tells more than the text.
  const { reason = error.message } = error as OpenSslError;
  const match = /(?:sslv3|tlsv\d+|ssl\/tls) (?:alert )?([a-z ]+)$/i.exec(reason.trim());
  return match?.[1] && /alert/i.test(error.message) ? match[1].trim().toLowerCase().replace(/ /g, '_') : null;
}

/** The alert that this end sent with its refusal. */
export function alertSent(error: Error, version: string | null): string | null {
  const { code = '' } = error as OpenSslError;
  if (code === missingCertificate) return version === 'TLSv1.3' ? 'certificate_required' : 'handshake_failure';
  return alertsSent[code] ?? null;
}

/**
 * A failure from an error of a TLS socket. Under TLS 1.3 the alert for a missing client certificate comes after the
 * client's handshake: the first read fails with it, and this names it.
 */
export function tlsFailure(error: Error): Failure {
  const { code = '', reason = error.message } = error as OpenSslError;
  const alert = alertReceived(error);
  if (alert) return { code: 'tls.alert', detail: `the peer sent the alert ${alert}` };
  if (code === missingCertificate) return { code: 'tls.untrusted', detail: 'the client sent no certificate' };
  if (code === 'ECONNRESET' && !/before secure TLS/.test(error.message))
    return { code: 'tcp.reset', detail: 'the peer reset the connection' };
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return { code: 'tls.protocol', detail: reason };
  if (code === 'EPIPE') return { code: 'tcp.reset', detail: 'the peer reset the connection' };
  return { code: 'tcp.closed', detail: 'the peer closed the connection' };
}
