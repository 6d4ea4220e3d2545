import { synSchedules } from '../../net/net.ts';
import type { ClientSettings } from '../../settings/index.ts';
import type { ClientError } from '../../trace/events.ts';
import { windowsDhcp } from '../dhcp.ts';
import { connectCodes } from '../dialect.ts';
import type { Dialect, Trouble } from '../dialect.ts';

/** `WebExceptionStatus` of System.Net: the numbers a log shows. */
const statuses = {
  NameResolutionFailure: 1,
  ConnectFailure: 2,
  ReceiveFailure: 3,
  SendFailure: 4,
  ProtocolError: 7,
  ConnectionClosed: 8,
  TrustFailure: 9,
  SecureChannelFailure: 10,
  ServerProtocolViolation: 11,
  KeepAliveFailure: 12,
  Timeout: 14,
  MessageLengthLimitExceeded: 17,
  ProxyNameResolutionFailure: 15,
  RequestProhibitedByProxy: 20,
} as const;

/** A `WebException`: its message as .NET Framework words it in English. */
const webException = (status: keyof typeof statuses, text: string, inner?: string): Omit<ClientError, 'cause'> => ({
  name: status,
  number: statuses[status],
  text,
  ...(inner === undefined ? {} : { inner }),
});

const unableToConnect = 'Unable to connect to the remote server';
const tooLong = 'The underlying connection was closed: The message length limit was exceeded.';

export const dotnetFramework: Dialect = {
  name: 'dotnet-framework',
  summary: 'HttpWebRequest of .NET Framework 4.x, as Windows services use it.',
  basis: 'Read in the .NET Framework reference source (System.Net); TCP timers of Windows from general knowledge.',
  open: {
    'connect.opens': 'Whether a 2xx other than 200 opens a tunnel: nothing against it was found; here it does.',
    'auth.useDefaultCredentials':
      'With useDefaultCredentials it answers Negotiate before NTLM, as the account that it runs as: order of the modules ' +
      'documented (authenticationModules). The lab has no KDC, so what goes under Negotiate is NTLM, as where Windows gets no ticket.',
    'auth.schemes': 'What a program does that sets credentials of its own in code, and how it picks a scheme.',
    'connect.failsOver': 'Whether the list goes on after a DIRECT entry whose destination failed: here it ends.',
  },
  chooser: 'system-net',
  pac: 'dotnet-framework',
  resolver: 'windows',
  wpad: { ask: 'suffix', dhcp: windowsDhcp },
  collisionFails: false,
  // A script that does not run counts as a script that names no proxy (12166): nothing is fetched again.
  // A download that ends with 12015 is repeated with automatic logon (WinHttpWebProxyFinder, read in source).
  script: { brokenIsMissing: false, revalidates: false, logsOn: usesDefaultCredentials },
  // The engine listens for changes of addresses only where it detects (_AutoWebProxyScriptEngine).
  network: { requestsWait: false, forgetsBadProxies: false, discoveredOnly: true },
  tcp: { syn: synSchedules.windows, connectTimeout: null },
  connect: {
    // Host without the port: System.Net source comment.
    headers: (host) => [
      ['Host', host],
      ['Proxy-Connection', 'Keep-Alive'],
    ],
    // Every entry is turned into http://entry; HTTPS and SOCKS entries are not usable.
    usable: (route) => route === 'DIRECT' || route.startsWith('PROXY '),
    // Socket-level failures move on; any HTTP answer, 407, 403 and 502 included, ends the attempt (`_ProxyChain`).
    failsOver: ({ where, code }) => where === 'proxy' && connectCodes.has(code),
    tries: () => 1,
    tunnelTimeout: null,
    tlsTimeout: null,
    socks: { SOCKS4: 'client', SOCKS5: 'client' },
    refusalIsAnswer: false,
    // httpWebRequest maximumResponseHeadersLength: 64 KB, documented.
    largestHead: 64 * 1024,
  },
  // The account's own credentials, which only NTLM and Negotiate can use, and only where useDefaultCredentials is on
  // (off by default, documented). The first module of the list that can answer keeps the request to its end
  // (AuthenticationManager, read in source): there is no second scheme after a refusal.
  auth: {
    schemes: ['negotiate', 'ntlm'],
    digest: [],
    unasked: false,
    remembers: false,
    allowed: usesDefaultCredentials,
  },
  request: {
    headers: (host) => [
      ['Host', host],
      ['Connection', 'Keep-Alive'],
    ],
    // HttpWebRequest.Timeout.
    limit: 100_000,
    answerTimeout: null,
    statusIsError: true,
  },
  error: (trouble) => ({ ...wordsFor(trouble), cause: trouble.code }),
  synchronousError: (trouble) => ({ ...synchronousWords(trouble), cause: trouble.code }),
};

/** The section that counts: the program's own file masks machine.config. */
function usesDefaultCredentials({ appConfig, machineConfig }: ClientSettings): boolean {
  const section = appConfig?.section ?? machineConfig?.section;
  return section?.useDefaultCredentials?.value === true;
}

/** The handshake is part of sending the head (`TlsStream`, below `ConnectStream`); texts as users report them. */
const handshakeEnds = {
  'tcp.closed': 'Authentication failed because the remote party has closed the transport stream.',
  'tcp.reset':
    'Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.',
};

/** FIN or RST where there is more to say than that it came. */
function wordsOfEnd(
  { reused, during, detail }: Trouble,
  code: keyof typeof handshakeEnds,
): Omit<ClientError, 'cause'> | undefined {
  if (reused) {
    return webException(
      'KeepAliveFailure',
      'The underlying connection was closed: A connection that was expected to be kept alive was closed by the server.',
      detail,
    );
  }
  if (during !== 'tls') return undefined;
  return webException(
    'SendFailure',
    'The underlying connection was closed: An unexpected error occurred on a send.',
    handshakeEnds[code],
  );
}

function wordsFor(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { where, code, host, detail } = trouble;
  if (code === 'config.invalid') return { name: 'NotSupportedException', text: detail };
  if (trouble.status !== undefined) return refusal(trouble);
  const ended = code === 'tcp.closed' || code === 'tcp.reset' ? wordsOfEnd(trouble, code) : undefined;
  if (ended) return ended;
  switch (code) {
    case 'dns.nxdomain':
    case 'dns.nodata':
    case 'dns.servfail':
    case 'dns.timeout':
      return where === 'proxy'
        ? webException('ProxyNameResolutionFailure', `The proxy name could not be resolved: '${host}'`)
        : webException('NameResolutionFailure', `The remote name could not be resolved: '${host}'`);
    case 'tcp.refused':
    case 'tcp.timeout':
    case 'tcp.unreachable':
      return webException('ConnectFailure', unableToConnect, detail);
    case 'tls.untrusted':
    case 'tls.weak':
    case 'tls.name':
    case 'tls.expired':
      return webException(
        'TrustFailure',
        'The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.',
        detail,
      );
    case 'tls.alert':
    case 'tls.protocol':
      return webException(
        'SecureChannelFailure',
        'The request was aborted: Could not create SSL/TLS secure channel.',
        detail,
      );
    case 'http.malformed':
      return webException('ServerProtocolViolation', protocolViolation(detail), detail);
    case 'http.too-large':
      return webException('MessageLengthLimitExceeded', tooLong, detail);
    case 'http.timeout':
      return webException('Timeout', 'The operation has timed out');
    case 'tcp.closed':
      return webException(
        'ConnectionClosed',
        'The underlying connection was closed: The connection was closed unexpectedly.',
      );
    default:
      return webException(
        'ReceiveFailure',
        'The underlying connection was closed: An unexpected error occurred on a receive.',
        detail,
      );
  }
}

/** The text goes on with the section that could not be read (as users report it). */
function protocolViolation(detail: string): string {
  const section = /^the (?:status line is|answer begins with) /.test(detail) ? 'ResponseStatusLine' : undefined;
  return `The server committed a protocol violation.${section === undefined ? '' : ` Section=${section}`}`;
}

/** Asynchronous callers, as the connector is, see ProtocolError. */
function refusal({ status = 0, reason = '' }: Trouble): Omit<ClientError, 'cause'> {
  return webException(
    'ProtocolError',
    `The remote server returned an error: (${status}) ${reasonPhrases[status] ?? reason}.`,
  );
}

/** A refused tunnel is, to a caller that waits, a connection that failed, with the refusal inside (`_Connection.cs`). */
function synchronousWords(trouble: Trouble): Omit<ClientError, 'cause'> {
  const words = wordsFor(trouble);
  const isRefusal = trouble.where === 'tunnel' && trouble.status !== undefined;
  return isRefusal ? webException('ConnectFailure', unableToConnect, words.text) : words;
}

/** The texts of .NET Framework for `HttpStatusCode`; they stand in for what the answer says (`GetWebStatusCodeString`). */
const reasonPhrases: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Server Unavailable',
  504: 'Gateway Timeout',
  505: 'Http Version Not Supported',
};
