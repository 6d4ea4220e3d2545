import { synSchedules } from '../../net/net.ts';
import type { ClientError } from '../../trace/events.ts';
import { stillWaiting } from '../dialect.ts';
import type { Dialect, Trouble } from '../dialect.ts';
import { sayHandshake } from '../openssl-words.ts';
import { curlStatusLine } from '../status-lines.ts';

/** curl's exit code, and the line it prints. */
const exit = (number: number, name: string, text: string): Omit<ClientError, 'cause'> => ({
  name: `CURLE_${name}`,
  number,
  text: `curl: (${number}) ${text}`,
});

const mostRedirects = 50;

export const curl: Dialect = {
  name: 'curl',
  summary: 'curl with OpenSSL: one proxy from the environment or the command line, no script, no list.',
  basis: 'Exit codes and texts measured with curl 7.88.1 on Debian 12; libcurl-env and libcurl-errors of curl.',
  open: {
    'tcp.timeout': 'That the end of the SYN schedule gives exit code 28 is from source.',
    'tunnel.proxy.status': 'Exit code 56 as measured; curl 8.x after 8.20 is said to give 7.',
    'auth.negotiate':
      'With any scheme allowed and Negotiate offered, curl gives up where Kerberos is not to be had (KNOWN_BUGS); its exit code then is not established.',
  },
  chooser: 'curl',
  pac: null,
  resolver: 'glibc',
  wpad: { ask: 'bare', dhcp: null },
  collisionFails: false,
  script: { brokenIsMissing: false, revalidates: false },
  network: { requestsWait: false, forgetsBadProxies: false },
  // --connect-timeout: 300 s unless given; Linux ends its SYN first.
  tcp: { syn: synSchedules.linux, connectTimeout: 300_000 },
  connect: {
    headers: (host, port) => [
      ['Host', `${host}:${port}`],
      ['User-Agent', 'curl/7.88.1'],
      ['Proxy-Connection', 'Keep-Alive'],
    ],
    usable: () => true,
    failsOver: () => false,
    tries: () => 1,
    // CONNECT belongs to the 300 s of the connect phase.
    tunnelTimeout: 300_000,
    tlsTimeout: 300_000,
    // socks4:// and socks5:// resolve here; socks4a:// and socks5h:// are routes of their own.
    socks: { SOCKS4: 'client', SOCKS5: 'client' },
    refusalIsAnswer: false,
    largestHead: 307_200,
    headsAddUp: true,
    statusLine: curlStatusLine,
    firstHead: true,
    interimEnds: true,
  },
  commonName: true,
  // Basic unless the command line names another; Basic and NTLM begin without being asked. The order with
  // --proxy-anyauth: pickoneauth in lib/http.c.
  auth: {
    schemes: ['basic'],
    digest: ['MD5', 'SHA-256'],
    unasked: true,
    remembers: false,
    any: ['negotiate', 'digest', 'ntlm', 'basic'],
    // Measured: a challenge counts as a redirect (--max-redirs), those to CONNECT for what their heads weigh.
    longest: { tunnel: Infinity, forward: mostRedirects },
  },
  request: {
    headers: (host) => [
      ['Host', host],
      ['User-Agent', 'curl/7.88.1'],
      ['Accept', '*/*'],
      ['Proxy-Connection', 'Keep-Alive'],
    ],
    limit: null,
    answerTimeout: null,
    statusIsError: false,
  },
  error: (trouble) => ({ ...sayTrouble(trouble), cause: trouble.code }),
};

function sayTrouble(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { code, where, host, port, ms, socks } = trouble;
  if (code.startsWith('dns.'))
    return where === 'proxy'
      ? exit(5, 'COULDNT_RESOLVE_PROXY', `Could not resolve proxy: ${host}`)
      : exit(6, 'COULDNT_RESOLVE_HOST', `Could not resolve host: ${host}`);
  if (code === 'tcp.timeout') return exit(28, 'OPERATION_TIMEDOUT', cannotConnect(host, port, ms));
  if (code === 'tcp.refused' || code === 'tcp.unreachable')
    return exit(7, 'COULDNT_CONNECT', cannotConnect(host, port, ms));
  if (socks && socks.reply !== null)
    return exit(97, 'PROXY', `Can't complete SOCKS${socks.version} connection to ${host}. (${socks.reply})`);
  if (socks && code === 'tcp.closed') return exit(97, 'PROXY', 'connection to proxy closed');
  if (code.startsWith('tls.') || trouble.during === 'tls') return sayTls(trouble);
  return where === 'tunnel' ? sayTunnel(trouble) : sayExchange(trouble);
}

const cannotConnect = (host: string, port: number, ms: number): string =>
  `Failed to connect to ${host} port ${port} after ${Math.round(ms)} ms: Couldn't connect to server`;

const reset = exit(56, 'RECV_ERROR', 'Recv failure: Connection reset by peer');

/** Of 300 KB; the number is that of the line that went beyond it. */
const tooLarge = exit(56, 'RECV_ERROR', 'Too large response headers: … > 307200');

function sayTunnel({ code, status, detail }: Trouble): Omit<ClientError, 'cause'> {
  if (status !== undefined) return exit(56, 'RECV_ERROR', `CONNECT tunnel failed, response ${status}`);
  // A head is a head once its empty line has come, and the number in a line that is none is 0.
  if (code === 'http.malformed' && detail.startsWith('the status line')) {
    const [, number = 0] = /^the status line is "HTTP\/1\.\d+\s+(\d+)/.exec(detail) ?? [];
    return exit(56, 'RECV_ERROR', `CONNECT tunnel failed, response ${Number(number)}`);
  }
  if (code === 'http.too-large') return tooLarge;
  if (code === 'http.timeout') return exit(28, 'OPERATION_TIMEDOUT', 'Proxy CONNECT aborted due to timeout');
  return code === 'tcp.reset' ? reset : exit(56, 'RECV_ERROR', 'Proxy CONNECT aborted');
}

function sayExchange({ code, ms, auth, partial, missing, detail }: Trouble): Omit<ClientError, 'cause'> {
  if (auth === 'loop') return exit(47, 'TOO_MANY_REDIRECTS', `Maximum (${mostRedirects}) redirects followed`);
  const left = missing === undefined ? 'outstanding read data remaining' : `${missing} bytes remaining to read`;
  if (partial) return exit(18, 'PARTIAL_FILE', `transfer closed with ${left}`);
  if (code === 'http.too-large') return tooLarge;
  if (code === 'http.malformed') return exit(1, 'UNSUPPORTED_PROTOCOL', 'Received HTTP/0.9 when not allowed');
  // Without -m nothing ends it.
  if (code === 'http.timeout') return stillWaiting(ms);
  if (code === 'tcp.reset') return reset;
  return code === 'tcp.closed'
    ? exit(52, 'GOT_NOTHING', 'Empty reply from server')
    : exit(7, 'COULDNT_CONNECT', detail);
}

const tlsNames = { 35: 'SSL_CONNECT_ERROR', 56: 'RECV_ERROR', 60: 'PEER_FAILED_VERIFICATION' } as const;

function sayTls(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { code, host, port } = trouble;
  const said = sayHandshake(trouble);
  if (said) return exit(said.number, tlsNames[said.number], said.text);
  if (code === 'tcp.reset') return exit(35, 'SSL_CONNECT_ERROR', 'Recv failure: Connection reset by peer');
  if (code === 'http.timeout') return exit(28, 'OPERATION_TIMEDOUT', 'SSL connection timeout');
  return exit(35, 'SSL_CONNECT_ERROR', `OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to ${host}:${port} `);
}
