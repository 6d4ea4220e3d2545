/** What curl with OpenSSL says of TLS: exit code and text, as measured with curl 7.88.1 and OpenSSL 3.0.19. */
import type { Trouble } from './dialect.ts';

const library = 'OpenSSL/3.0.19';
const certificate = 'SSL certificate problem:';

/** RFC 8446 appendix B.2: OpenSSL's own number of an alert is a thousand more. */
const alerts: Readonly<Record<string, number>> = {
  unexpected_message: 10,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  unrecognized_name: 112,
  certificate_required: 116,
  no_application_protocol: 120,
};

/** Named after the version of the protocol that brought it: SSL 3 had all of its numbers up to 47. */
const family = (number: number): string => (number < 48 ? 'sslv3' : number === 116 ? 'tlsv13' : 'tlsv1');

/** `openssl errstr`. */
const reasons: Readonly<Record<string, string>> = {
  'wrong version number': '0A00010B',
  'inappropriate fallback': '0A000175',
  'unsupported protocol': '0A000102',
};

export interface TlsWords {
  number: 35 | 56 | 60;
  text: string;
}

export function sayHandshake({ code, host, detail, during }: Trouble): TlsWords | undefined {
  switch (code) {
    case 'tls.untrusted':
      return refused(
        detail.endsWith('self-signed') ? 'self-signed certificate' : 'unable to get local issuer certificate',
      );
    case 'tls.weak':
      // With a key of 1024 bits and SHA-1.
      return refused('EE certificate key too weak');
    case 'tls.expired':
      return refused(detail.includes(' is valid from ') ? 'certificate is not yet valid' : 'certificate has expired');
    case 'tls.name':
      return { number: 60, text: `SSL: no alternative certificate subject name matches target host name '${host}'` };
    case 'tls.protocol':
      return {
        number: 35,
        text: `${library}: error:${reasons[detail] ?? reasons['wrong version number']}:SSL routines::${detail in reasons ? detail : 'wrong version number'}`,
      };
    case 'tls.alert':
      return sayAlert(detail.replace(/^.* alert /, ''), during);
    default:
      return undefined;
  }
}

const refused = (why: string): TlsWords => ({ number: 60, text: `${certificate} ${why}` });

/** One that comes after the handshake, as for a certificate that TLS 1.3 misses, breaks the first read. */
function sayAlert(alert: string, during: Trouble['during']): TlsWords {
  const number = alerts[alert] ?? 80;
  const code = (0x0a00_0000 + 1000 + number).toString(16).toUpperCase().padStart(8, '0');
  const error = `${library}: error:${code}:SSL routines::${family(number)} alert ${alert.replaceAll('_', ' ')}`;
  return during === 'http' || alert === 'certificate_required'
    ? { number: 56, text: `OpenSSL SSL_read: ${error}, errno 0` }
    : { number: 35, text: error };
}
