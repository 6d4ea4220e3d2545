import { synSchedules } from '../../net/net.ts';
import type { ClientError, HeaderList } from '../../trace/events.ts';
import { certificateCodes, connectCodes, stillWaiting, worded } from '../dialect.ts';
import type { Dialect, ErrorWords, Trouble } from '../dialect.ts';
import { chromiumStatusLine } from '../status-lines.ts';

const netError = (number: number, name: string): Omit<ClientError, 'cause'> => ({ name, number, text: `net::${name}` });

const userAgent: HeaderList[number] = [
  'User-Agent',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
];

const proxyFailed = netError(-130, 'ERR_PROXY_CONNECTION_FAILED');
const proxyCertificate = netError(-136, 'ERR_PROXY_CERTIFICATE_INVALID');
const notResolved = netError(-105, 'ERR_NAME_NOT_RESOLVED');
const timedOut = netError(-7, 'ERR_TIMED_OUT');
const sslProtocol = netError(-107, 'ERR_SSL_PROTOCOL_ERROR');
const mismatch = netError(-113, 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH');
const badOwnCertificate = netError(-117, 'ERR_BAD_SSL_CLIENT_AUTH_CERT');
const tunnelFailed = netError(-111, 'ERR_TUNNEL_CONNECTION_FAILED');

/** `net/base/net_error_list.h`; which one appears when: measured with Chromium 156, but for what `open` names. */
const words: ErrorWords = {
  'proxy:dns.nxdomain': proxyFailed,
  'proxy:dns.nodata': proxyFailed,
  'proxy:dns.servfail': proxyFailed,
  'proxy:dns.timeout': proxyFailed,
  'proxy:tcp.refused': proxyFailed,
  'proxy:tcp.unreachable': proxyFailed,
  'proxy:tcp.timeout': timedOut,
  'proxy:http.timeout': timedOut,
  'proxy:tls.untrusted': proxyCertificate,
  'proxy:tls.weak': proxyCertificate,
  'proxy:tls.name': proxyCertificate,
  'proxy:tls.expired': proxyCertificate,
  'proxy:tls.protocol': proxyFailed,
  'tunnel:http.timeout': timedOut,
  'tunnel:http.malformed': tunnelFailed,
  'tunnel:proxy.status': tunnelFailed,
  'http.too-large': netError(-325, 'ERR_RESPONSE_HEADERS_TOO_BIG'),
  // The beginning of a download of HTTP/0.9, as it takes it to be.
  'forward:http.malformed': netError(-3, 'ERR_ABORTED'),
  'dns.nxdomain': notResolved,
  'dns.nodata': notResolved,
  'dns.servfail': notResolved,
  'dns.timeout': notResolved,
  'dns.collision': netError(-166, 'ERR_ICANN_NAME_COLLISION'),
  'tcp.refused': netError(-102, 'ERR_CONNECTION_REFUSED'),
  'tcp.timeout': netError(-118, 'ERR_CONNECTION_TIMED_OUT'),
  'tcp.unreachable': netError(-109, 'ERR_ADDRESS_UNREACHABLE'),
  'tcp.reset': netError(-101, 'ERR_CONNECTION_RESET'),
  'tls:tcp.closed': netError(-100, 'ERR_CONNECTION_CLOSED'),
  'tcp.closed': netError(-324, 'ERR_EMPTY_RESPONSE'),
  'http.malformed': netError(-370, 'ERR_INVALID_HTTP_RESPONSE'),
  'tls.untrusted': netError(-202, 'ERR_CERT_AUTHORITY_INVALID'),
  // Measured with 1024 bits signed with SHA-1: neither of the two errors that the list has for weak certificates.
  'tls.weak': netError(-207, 'ERR_CERT_INVALID'),
  'tls.name': netError(-200, 'ERR_CERT_COMMON_NAME_INVALID'),
  'tls.expired': netError(-201, 'ERR_CERT_DATE_INVALID'),
  'tls.alert': sslProtocol,
  'tls.protocol': sslProtocol,
};

/**
 * What the details make of a code: `net/ssl/openssl_ssl_util.cc` and `ssl_client_socket_impl.cc`, read in source, and
 * alerts 40 to 50, 70, 71, 80, 112, 116 and 120 measured, after the ClientHello and after the client's second flight.
 */
const detailed: readonly (readonly [code: string, detail: RegExp, words: Omit<ClientError, 'cause'>])[] = [
  // The usual alert of a server that misses a certificate, up to TLS 1.2; by itself it answers the ClientHello.
  ['tls.alert', /^without the certificate it asked for,.* (handshake_failure|access_denied)$/, badOwnCertificate],
  ['tls.alert', / (handshake_failure|protocol_version|insufficient_security)$/, mismatch],
  ['tls.alert', / (bad_certificate|unsupported_certificate|certificate_\w+|unknown_ca)$/, badOwnCertificate],
  ['tls.alert', / unrecognized_name$/, netError(-159, 'ERR_SSL_UNRECOGNIZED_NAME_ALERT')],
  ['tls.alert', / decrypt_error$/, netError(-153, 'ERR_SSL_DECRYPT_ERROR_ALERT')],
  ['tls.alert', / bad_record_mac$/, netError(-126, 'ERR_SSL_BAD_RECORD_MAC_ALERT')],
  ['tls.protocol', /unsupported protocol/, mismatch],
  ['tls.protocol', /inappropriate fallback|downgrade/, netError(-180, 'ERR_TLS13_DOWNGRADE_DETECTED')],
];

export const chromium: Dialect = {
  name: 'chromium',
  summary: 'Chromium on Linux.',
  basis: 'Measured with Chromium 156 on Debian 12; net/docs/proxy.md and net/proxy_resolution read in source.',
  open: {
    'http.timeout': 'Whether a silent answer to a request in absolute form ever ends: watched for 120 s only.',
    'tls.alert':
      'certificate_required under TLS 1.3 is -117; now and then, when it comes before the first request is sent, -15 (ERR_SOCKET_NOT_CONNECTED), measured in 1 of 4.',
  },
  chooser: 'browser',
  pac: 'chromium',
  resolver: 'glibc',
  // DHCP is asked on Windows and ChromeOS only.
  wpad: { ask: 'bare', dhcp: null },
  // net_error_list.h: ERR_ICANN_NAME_COLLISION.
  collisionFails: true,
  script: { brokenIsMissing: true, revalidates: false },
  // Measured: refetches 2.0 s after an address came or went; requests queue meanwhile (source).
  network: { requestsWait: true, forgetsBadProxies: true },
  tcp: { syn: synSchedules.linux, connectTimeout: null },
  connect: {
    headers: (host, port) => [['Host', `${host}:${port}`], ['Proxy-Connection', 'keep-alive'], userAgent],
    usable: () => true,
    failsOver,
    tries: () => 1,
    tunnelTimeout: 30_000,
    // Of the 8 s for the whole way to the proxy; TCP takes none of them where it works at all.
    tlsTimeout: 8_000,
    // Measured: SOCKS4 resolves the name itself, SOCKS5 sends it.
    socks: { SOCKS4: 'client', SOCKS5: 'proxy' },
    refusalIsAnswer: false,
    // HttpProxyClientSocket: 200 and nothing else, nothing behind its head. HttpStreamParser: 256 KiB (source).
    opens: '200 only',
    statusLine: chromiumStatusLine,
    // Measured with 100.
    interimEnds: true,
    early: 'refused',
    largestHead: 256 * 1024,
  },
  // Measured: of several schemes without Kerberos it picks NTLM. Order: the scores of net/http/http_auth.
  auth: {
    schemes: ['ntlm', 'digest', 'basic'],
    digest: ['MD5', 'SHA-256'],
    unasked: false,
    remembers: true,
    // Measured: the answer to a challenge whose connection was closed goes out on a new one.
    handshakeGoesOn: true,
    // Measured: 32 requests go out, then ERR_TOO_MANY_RETRIES.
    longest: { tunnel: 31, forward: 31 },
  },
  request: {
    headers: (host) => [['Host', host], ['Connection', 'keep-alive'], userAgent, ['Accept', '*/*']],
    limit: null,
    answerTimeout: null,
    statusIsError: false,
  },
  error: (trouble) => ({ ...sayTrouble(trouble), cause: trouble.code }),
  // Documented in net_error_list.h.
  challengedDirectly: { ...netError(-323, 'ERR_UNEXPECTED_PROXY_AUTH'), cause: 'http.status' },
  mandatory: netError(-131, 'ERR_MANDATORY_PROXY_CONFIGURATION_FAILED'),
  // Measured: without credentials an error, with wrong ones or none that fit the proxy's page.
  answerError: (trouble) =>
    trouble.auth === 'unable' && offersKnown(trouble) ? { ...invalidCredentials, cause: trouble.code } : null,
};

const invalidCredentials = netError(-338, 'ERR_INVALID_AUTH_CREDENTIALS');

/**
 * A refused CONNECT never fails over (since M67), nor does a proxy that closes without an answer; one that resets or
 * keeps silent at CONNECT does. Of DIRECT, the connection counts.
 */
function failsOver({ where, code, socks }: Trouble): boolean {
  if (where === 'proxy') return connectCodes.has(code) || code.startsWith('tls.') || code === 'http.timeout';
  if (where === 'tunnel')
    return code === 'tcp.reset' || code === 'http.timeout' || (socks !== undefined && !hostUnreachable(socks));
  return where === 'origin' && connectCodes.has(code);
}

/** SOCKS4 reply 92: the proxy works, the destination does not. */
const hostUnreachable = ({ version, reply }: NonNullable<Trouble['socks']>): boolean => version === 4 && reply === 0x5c;

function sayTrouble(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { code, socks, partial } = trouble;
  if (code === 'proxy.auth') return challenged(trouble);
  if (partial) return netError(-354, 'ERR_CONTENT_LENGTH_MISMATCH');
  if (code === 'http.timeout' && ['forward', 'origin'].includes(trouble.where)) return stillWaiting(trouble.ms);
  // Measured: refusals and a close without an answer alike; SOCKS4 reply 92 is the destination's own failure.
  if (socks && code !== 'http.timeout')
    return hostUnreachable(socks)
      ? netError(-109, 'ERR_ADDRESS_UNREACHABLE')
      : netError(-120, 'ERR_SOCKS_CONNECTION_FAILED');
  const { cause: _, ...said } = worded(words, trouble, netError(-2, 'ERR_FAILED'));
  const precise = detailed.find(([known, detail]) => known === code && detail.test(trouble.detail));
  if (precise && trouble.where === 'origin') return precise[2];
  return certificateCodes.has(code) && trouble.where === 'proxy' ? proxyCertificate : said;
}

const offersKnown = ({ schemes = [] }: Trouble): boolean =>
  schemes.some((scheme) => /^(basic|digest|ntlm)$/i.test(scheme));

/** 407 to CONNECT: measured per scheme, and with wrong credentials. */
function challenged(trouble: Trouble): Omit<ClientError, 'cause'> {
  if (trouble.auth === 'loop') return netError(-375, 'ERR_TOO_MANY_RETRIES');
  // A 407 that offers nothing to go on with, also behind a complete handshake (measured).
  if (trouble.schemes?.length === 0) return netError(-115, 'ERR_PROXY_AUTH_UNSUPPORTED');
  if (trouble.auth === 'rejected') return netError(-379, 'ERR_HTTP_RESPONSE_CODE_FAILURE');
  return offersKnown(trouble) ? invalidCredentials : netError(-115, 'ERR_PROXY_AUTH_UNSUPPORTED');
}
