import { synSchedules } from '../../net/net.ts';
import type { ClientError, HeaderList } from '../../trace/events.ts';
import { connectCodes, worded } from '../dialect.ts';
import type { Dialect, ErrorWords, Trouble } from '../dialect.ts';
import { firefoxStatusLine } from '../status-lines.ts';

/** The page a user sees: `e=` of about:neterror, which names the error in logs and questions alike. */
const page = (name: string): Omit<ClientError, 'cause'> => ({ name, text: `about:neterror?e=${name}` });

const userAgent: HeaderList[number] = [
  'User-Agent',
  'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
];

const proxyRefuses = page('proxyConnectFailure');
const proxyUnknown = page('proxyResolveFailure');
const badCertificate = page('nssBadCert');
const notFound = page('dnsNotFound');
const handshake = page('nssFailure2');

/** Measured with Firefox ESR 153, but for what `open` names. */
const words: ErrorWords = {
  'proxy:dns.nxdomain': proxyUnknown,
  'proxy:dns.nodata': proxyUnknown,
  'proxy:dns.servfail': proxyUnknown,
  'proxy:dns.timeout': proxyUnknown,
  'proxy:tcp.refused': proxyRefuses,
  'proxy:tcp.unreachable': proxyRefuses,
  'proxy:tls.protocol': handshake,
  'tunnel:tcp.reset': handshake,
  'tunnel:tcp.closed': handshake,
  'tunnel:http.malformed': handshake,
  'tunnel:proxy.status': proxyRefuses,
  'dns.nxdomain': notFound,
  'dns.nodata': notFound,
  'dns.servfail': notFound,
  'dns.timeout': notFound,
  'tcp.refused': page('connectionFailure'),
  'tcp.unreachable': page('connectionFailure'),
  'tcp.timeout': page('netTimeout'),
  'http.timeout': page('netTimeout'),
  // Measured inside a tunnel.
  'tls:tcp.reset': handshake,
  'tls:tcp.closed': handshake,
  'tcp.reset': page('netReset'),
  'tcp.closed': page('netReset'),
  'tls.untrusted': badCertificate,
  'tls.weak': badCertificate,
  'tls.name': badCertificate,
  'tls.expired': badCertificate,
  'tls.alert': handshake,
  'tls.protocol': handshake,
  'http.malformed': { name: 'load', text: 'the load goes on: what came is taken for the beginning of a page' },
};

export const firefox: Dialect = {
  name: 'firefox',
  summary: 'Firefox on Linux with default preferences.',
  basis: 'Measured with Firefox ESR 153 on Debian 12; netwerk/base and netwerk/protocol/http read in source.',
  open: {
    'tunnel.http.timeout':
      'A silent CONNECT has 30 s, and Firefox looks at them one second after its next request, whatever that is; here at once. One that asks nothing more waits (no end in 455 s).',
    'tls.name': 'nssBadCert is measured for an unknown authority; taken for wrong names and dates too.',
    'connect.systemTail':
      'That requests of the browser itself may go DIRECT is from source, and a matter of the build.',
    'auth.schemes': 'That NTLM is preferred to others is measured; the order of Digest and Basic is from source.',
    'network.forgetsBadProxies': 'With the new configuration, about 3 s later; here at once.',
  },
  chooser: 'firefox',
  pac: 'firefox',
  resolver: 'glibc',
  wpad: { ask: 'bare', dhcp: null },
  collisionFails: false,
  script: { brokenIsMissing: false, revalidates: false },
  network: { requestsWait: false, forgetsBadProxies: true },
  // network.http.connection-timeout: 90 s, measured with a proxy that drops SYN.
  tcp: { syn: synSchedules.linux, connectTimeout: 90_000 },
  connect: {
    headers: (host, port) => [
      userAgent,
      ['Proxy-Connection', 'keep-alive'],
      ['Connection', 'keep-alive'],
      ['Host', `${host}:${port}`],
    ],
    usable: () => true,
    failsOver,
    // network.proxy.failover_direct, on by default: for requests that load conservatively (nsHttpChannel::ProxyFailover).
    systemTail: ['DIRECT'],
    // Measured: a GET that is reset goes out ten times in all.
    tries: ({ where, code }) => (where === 'forward' && code === 'tcp.reset' ? 10 : 1),
    // Measured: netTimeout, or the next proxy of the list.
    tunnelTimeout: 31_000,
    // network.http.tls-handshake-timeout; measured between 30 and 40 s.
    tlsTimeout: 30_000,
    // Measured: SOCKS4 is 4a, the name is sent.
    socks: { SOCKS4: 'proxy', SOCKS5: 'proxy' },
    refusalIsAnswer: false,
    // nsHttpConnection: 200 and nothing else (source).
    opens: '200 only',
    // Measured with 13 and with 3000 bytes.
    early: 'lost',
    statusLine: firefoxStatusLine,
  },
  auth: {
    schemes: ['ntlm', 'digest', 'basic'],
    digest: ['MD5', 'SHA-256'],
    unasked: false,
    remembers: true,
    // Measured: the answer to a challenge whose connection was closed goes out on a new one.
    handshakeGoesOn: true,
    // Measured: it never stops, 17 681 times in 12 s by plain http. Here it is let go after ten.
    longest: { tunnel: 10, forward: 10 },
  },
  request: {
    headers: (host) => [
      ['Host', host],
      userAgent,
      ['Accept', '*/*'],
      ['Accept-Language', 'en-US,en;q=0.5'],
      ['Connection', 'keep-alive'],
    ],
    limit: null,
    // network.http.response.timeout; measured: http still waiting at 120 s.
    answerTimeout: 300_000,
    statusIsError: false,
  },
  error: (trouble) => ({ ...sayTrouble(trouble), cause: trouble.code }),
  answerError: (trouble) => (trouble.where === 'forward' ? shownFor407(trouble) : null),
};

/** Connection-level failures of the proxy, its silence included; never its statuses, never what is behind it. */
function failsOver(trouble: Trouble): boolean {
  const { where, code, status } = trouble;
  if (where === 'proxy') return connectCodes.has(code) || code.startsWith('tls.') || code === 'http.timeout';
  if (where === 'forward') return code === 'tcp.reset' || code === 'tcp.closed';
  // Measured: an answer without a status that can be read is an answer.
  return where === 'tunnel' && status === undefined && !isBadStatusLine(trouble);
}

const isBadStatusLine = ({ code, detail }: Trouble): boolean => code === 'http.malformed' && /status line/.test(detail);

/** Measured: the load ends without a page, and what was shown before stays; the names are those of its results. */
const noPage = (name: string): Omit<ClientError, 'cause'> => ({ name, text: `${name}: no page, what was shown stays` });

function sayTrouble(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { status, code, socks } = trouble;
  // Measured: a reply that says no, one that is none, and the end in place of one.
  if (socks !== undefined && code !== 'http.timeout') return page('connectionFailure');
  if (trouble.where === 'tunnel' && isBadStatusLine(trouble)) return noPage('NS_ERROR_PARSING_HTTP_STATUS_LINE');
  if (code === 'proxy.auth') return sayChallenged(trouble);
  if (status !== undefined && trouble.where === 'tunnel') return pageForStatus(status);
  const { cause: _, ...said } = worded(words, trouble, page('netInterrupt'));
  return said;
}

/** Statuses that have a result of their own but no page: each measured. */
const withoutPage = new Set([
  401, 402, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 425, 426, 428, 431, 451, 505, 506, 510,
  511,
]);

/** The number of such a result is that of its status and this; only two have a name that Firefox itself tells. */
const proxyErrors = 0x804b03e8;
const named: Readonly<Record<number, string>> = {
  451: 'NS_ERROR_PROXY_UNAVAILABLE_FOR_LEGAL_REASON',
  505: 'NS_ERROR_PROXY_VERSION_NOT_SUPPORTED',
};

/** What CONNECT got instead of 200: every status here measured; what no table names is proxyConnectFailure. */
function pageForStatus(status: number): Omit<ClientError, 'cause'> {
  if (status === 204 || status === 205) return noPage('NS_BINDING_ABORTED');
  if (withoutPage.has(status)) return noPage(named[status] ?? `0x${(proxyErrors + status).toString(16)}`);
  if ([400, 404, 500].includes(status)) return notFound;
  if ([502, 503, 300, 301, 302, 303, 307, 308].includes(status)) return page('connectionFailure');
  return status === 504 ? page('netTimeout') : proxyRefuses;
}

/** Measured: a modal prompt, and the load waits behind it. Wrong credentials: the prompt again. */
const prompt = {
  name: 'prompt',
  text: 'a prompt for user and password of the proxy; the load is blocked until it is answered',
};

const prompts = ({ schemes = [] }: Trouble): boolean => schemes.some((scheme) => /^(basic|digest|ntlm)$/i.test(scheme));

/** Measured for 100 s with a nonce that is always stale: it asks nobody and does not end. */
const endless = { name: 'load', text: 'the load goes on: each challenge is answered anew' };

const sayChallenged = (trouble: Trouble): Omit<ClientError, 'cause'> =>
  trouble.auth === 'loop' ? endless : prompts(trouble) ? prompt : proxyRefuses;

/** To a request in absolute form: Negotiate alone gives the error page too, a scheme it does not know the proxy's. */
function shownFor407(trouble: Trouble): ClientError | null {
  const { schemes = [], code } = trouble;
  if (prompts(trouble)) return { ...prompt, cause: code };
  return schemes.some((scheme) => /^negotiate$/i.test(scheme)) ? { ...proxyRefuses, cause: code } : null;
}
