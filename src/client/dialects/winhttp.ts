import { synSchedules } from '../../net/net.ts';
import type { ClientError } from '../../trace/events.ts';
import { switchedOff } from '../../settings/index.ts';
import { windowsDhcp } from '../dhcp.ts';
import { worded } from '../dialect.ts';
import type { Dialect, ErrorWords, ScriptFailure, Trouble } from '../dialect.ts';

/** `ERROR_WINHTTP_*` with the text that FormatMessage gives. */
const winError = (number: number, name: string, text: string): Omit<ClientError, 'cause'> => ({
  name: `ERROR_WINHTTP_${name}`,
  number,
  text: `${number}: ${text}`,
});

const notResolved = winError(12007, 'NAME_NOT_RESOLVED', 'The server name or address could not be resolved');
const cannotConnect = winError(12029, 'CANNOT_CONNECT', 'A connection with the server could not be established');
const timeout = winError(12002, 'TIMEOUT', 'The operation timed out');
const badAnswer = winError(12152, 'INVALID_SERVER_RESPONSE', 'The server returned an invalid or unrecognized response');
const secureFailure = 'ERROR_WINHTTP_SECURE_FAILURE (12175) where the caller hears no details';

/** Numbers and meanings: Microsoft Learn, WinHTTP error messages. */
const words: ErrorWords = {
  'dns.nxdomain': notResolved,
  'dns.nodata': notResolved,
  'dns.servfail': notResolved,
  'dns.timeout': notResolved,
  'tcp.refused': cannotConnect,
  'tcp.unreachable': cannotConnect,
  // Documented: returned as a result of TCP/IP time-out behaviour, whatever WinHTTP's own limits say.
  'tcp.timeout': timeout,
  'http.timeout': timeout,
  'tcp.reset': winError(12030, 'CONNECTION_ERROR', 'The connection with the server was terminated abnormally'),
  // KB839872: a FIN before all header fields came.
  'tcp.closed': badAnswer,
  'http.malformed': badAnswer,
  'http.too-large': winError(12182, 'HEADER_SIZE_OVERFLOW', 'The size of headers received exceeds the limit'),
  'tls.untrusted': {
    ...winError(12045, 'SECURE_INVALID_CA', 'The certificate authority is invalid or incorrect'),
    inner: secureFailure,
  },
  'tls.weak': winError(12175, 'SECURE_FAILURE', 'A security error occurred'),
  'tls.name': {
    ...winError(12038, 'SECURE_CERT_CN_INVALID', 'The host name in the certificate is invalid or does not match'),
    inner: secureFailure,
  },
  'tls.expired': {
    ...winError(12037, 'SECURE_CERT_DATE_INVALID', 'The date in the certificate is invalid or has expired'),
    inner: secureFailure,
  },
  'tls.protocol': winError(12157, 'SECURE_CHANNEL_ERROR', 'An error occurred in the secure channel support'),
};

export const winhttp: Dialect = {
  name: 'winhttp',
  summary: 'A caller of WinHTTP with its automatic proxy, which takes the first proxy of a list and no other.',
  basis:
    'Microsoft Learn (WinHTTP error messages, autoproxy support, WinHttpSetTimeouts), KB2623724, KB839872. Not run.',
  open: {
    'connect.opens': 'Whether a 2xx other than 200 opens a tunnel: here it does.',
    'connect.refusal':
      'A refused CONNECT: that 407 reaches the caller as a status is documented, the other statuses are taken likewise.',
    withoutScript:
      'What a caller does when WinHttpGetProxyForUrl fails: here it goes on with the static proxy or DIRECT.',
    'tls.tcp.closed': 'A FIN in the middle of a handshake: 12152 is documented for one before all header fields came.',
    'tls.protocol': '12157 or 12030: the documentation allows both.',
    'tls.alert': '12044 where a certificate is missing; other alerts are taken as 12157.',
    'refresh.afterFailure':
      '15 s, 60 s, then every 10 minutes are about right (catalogue); that they wait for a request is ours.',
    'auth.schemes': 'The caller chooses with WinHttpSetCredentials; the order is that of the documented sample.',
  },
  chooser: 'winhttp',
  pac: 'winhttp',
  resolver: 'windows',
  wpad: { ask: 'suffix', dhcp: windowsDhcp },
  collisionFails: false,
  script: { brokenIsMissing: false, revalidates: false },
  network: { requestsWait: false, forgetsBadProxies: false },
  // WinHttpSetTimeouts: 60 s to connect; the stack's own end of 21 s comes first.
  tcp: { syn: synSchedules.windows, connectTimeout: 60_000 },
  connect: {
    headers: (host, port) => [
      ['Proxy-Connection', 'Keep-Alive'],
      ['Host', `${host}:${port}`],
    ],
    usable: (route) => route === 'DIRECT' || route.startsWith('PROXY ') || route.startsWith('SOCKS4 '),
    failsOver: () => false,
    tries: () => 1,
    tunnelTimeout: 30_000,
    tlsTimeout: null,
    socks: { SOCKS4: 'client', SOCKS5: 'client' },
    refusalIsAnswer: true,
    // WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, documented.
    largestHead: 64 * 1024,
  },
  auth: {
    schemes: ['ntlm', 'digest', 'basic'],
    digest: ['MD5'],
    unasked: false,
    remembers: false,
    switchedOff: ({ policy }) => switchedOff(policy),
  },
  request: {
    headers: (host) => [
      ['Connection', 'Keep-Alive'],
      ['Host', host],
    ],
    limit: null,
    // WinHttpSetTimeouts: 30 s to receive a response.
    answerTimeout: 30_000,
    statusIsError: false,
  },
  error: (trouble) => ({ ...sayTrouble(trouble), cause: trouble.code }),
  withoutScript: ({ stage, code }: ScriptFailure) => ({ ...scriptWords[stage], cause: code }),
};

/** What WinHttpGetProxyForUrl and WinHttpDetectAutoProxyConfigUrl return. */
const scriptWords: Record<ScriptFailure['stage'], Omit<ClientError, 'cause'>> = {
  discovery: winError(12180, 'AUTODETECTION_FAILED', 'The Proxy Auto-configuration URL was not found'),
  fetch: winError(12167, 'UNABLE_TO_DOWNLOAD_SCRIPT', 'The Proxy Auto-configuration script could not be downloaded'),
  script: winError(12166, 'BAD_AUTO_PROXY_SCRIPT', 'An error occurred in the Proxy Auto-configuration script'),
};

function sayTrouble(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { code, detail } = trouble;
  if (code === 'tls.alert')
    return /certificate/.test(detail)
      ? winError(12044, 'CLIENT_AUTH_CERT_NEEDED', 'A certificate is required to complete client authentication')
      : winError(12157, 'SECURE_CHANNEL_ERROR', 'An error occurred in the secure channel support');
  const { cause: _, ...said } = worded(words, trouble, cannotConnect);
  return said;
}
