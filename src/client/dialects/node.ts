import { STATUS_CODES } from 'node:http';

import { synSchedules } from '../../net/net.ts';
import type { ClientError } from '../../trace/events.ts';
import { connectCodes, stillWaiting } from '../dialect.ts';
import type { Dialect, ScriptFailure, Trouble } from '../dialect.ts';
import { nodeStatusLine } from '../status-lines.ts';

type Said = Omit<ClientError, 'cause'>;

export const node: Dialect = {
  name: 'node',
  summary: 'A Node program whose requests go through proxy-agent or pac-proxy-agent.',
  basis:
    'Sources of pac-proxy-agent 9, https-proxy-agent, http-proxy-agent, get-uri and proxy-from-env; error codes of Node 20.',
  open: {
    'tls.alert':
      'Alerts that come between the first flight and the end of the handshake have codes of ERR_SSL, not EPROTO.',
    'connect.headers': 'Host and Proxy-Connection: close as https-proxy-agent sends them without keep-alive.',
  },
  chooser: 'node',
  pac: 'node',
  resolver: 'glibc',
  wpad: { ask: 'bare', dhcp: null },
  collisionFails: false,
  // Fetched anew, or asked for, before every connection.
  script: { brokenIsMissing: false, revalidates: true },
  network: { requestsWait: false, forgetsBadProxies: false },
  tcp: { syn: synSchedules.linux, connectTimeout: null },
  connect: {
    headers: (host, port) => [
      ['Host', `${host}:${port}`],
      ['Proxy-Connection', 'close'],
    ],
    usable: () => true,
    failsOver,
    tries: () => 1,
    tunnelTimeout: null,
    tlsTimeout: null,
    // The agent makes socks4a and socks5h of a list's entries.
    socks: { SOCKS4: 'proxy', SOCKS5: 'proxy' },
    // A status other than 200 to CONNECT is played to the caller as the answer.
    refusalIsAnswer: true,
    // https-proxy-agent: 200 and nothing else; what came with its head is not handed on (source).
    opens: '200 only',
    statusLine: nodeStatusLine,
    firstHead: true,
    interimEnds: true,
    // What came in one read with the end of the head is played to the caller, and then the end (source).
    refusalBytes: 65_536,
    early: 'lost',
    // https-proxy-agent reads on for as long as it takes (measured with 400 KB).
    largestHead: Infinity,
  },
  commonName: true,
  // Only what stands in the proxy's URL, and only Basic.
  auth: { schemes: ['basic'], digest: [], unasked: true, remembers: false },
  request: {
    headers: (host) => [
      ['Host', host],
      ['Connection', 'close'],
    ],
    limit: null,
    answerTimeout: null,
    statusIsError: false,
  },
  error: (trouble) => ({ ...sayTrouble(trouble), cause: trouble.code }),
  exhausted: (routes, { code }) => ({
    name: 'Error',
    text: `Failed to establish a socket connection to proxies: ${JSON.stringify(routes)}`,
    cause: code,
  }),
  withoutScript: (failure) => ({ ...sayScript(failure), cause: failure.code }),
};

/**
 * What happens inside of `agent.connect`: the way to the proxy, and for https the answer to CONNECT too; statuses are
 * answers. Of DIRECT, the TCP connection.
 */
function failsOver({ where, code, during, status, scheme }: Trouble): boolean {
  if (where === 'origin') return during === 'connect' && connectCodes.has(code);
  if (where === 'proxy') return during === 'connect' || scheme === 'https';
  return where === 'tunnel' && status === undefined && code !== 'http.timeout';
}

const systemError = (code: string, text: string): Said => ({ name: code, text });

function sayTrouble({ code, host, port, during, where, detail, ms, partial }: Trouble): Said {
  const at = `${host}:${port}`;
  if (partial) return systemError('ECONNRESET', 'aborted');
  switch (code) {
    case 'dns.nxdomain':
    case 'dns.nodata':
      return systemError('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`);
    case 'dns.servfail':
    case 'dns.timeout':
      return systemError('EAI_AGAIN', `getaddrinfo EAI_AGAIN ${host}`);
    case 'tcp.refused':
      return systemError('ECONNREFUSED', `connect ECONNREFUSED ${at}`);
    case 'tcp.timeout':
      return systemError('ETIMEDOUT', `connect ETIMEDOUT ${at}`);
    case 'tcp.unreachable':
      return systemError('EHOSTUNREACH', `connect EHOSTUNREACH ${at}`);
    case 'tcp.reset':
      return systemError('ECONNRESET', 'read ECONNRESET');
    case 'tcp.closed':
      if (where === 'tunnel')
        return { name: 'Error', text: 'Proxy connection ended before receiving CONNECT response' };
      return during === 'tls'
        ? systemError('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established')
        : systemError('ECONNRESET', 'socket hang up');
    case 'tls.untrusted':
      if (detail.endsWith('self-signed')) return systemError('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate');
      return systemError('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate');
    case 'tls.weak':
      // Measured with Node 20: at its level of security the key of 1024 bits passes, SHA-1 does not.
      return systemError('UNSPECIFIED', 'CA signature digest algorithm too weak');
    case 'tls.name':
      return systemError(
        'ERR_TLS_CERT_ALTNAME_INVALID',
        `Hostname/IP does not match certificate's altnames: Host: ${host}. is not in the cert's altnames${altnamesIn(detail)}`,
      );
    case 'tls.expired':
      if (detail.includes(' is valid from ')) return systemError('CERT_NOT_YET_VALID', 'certificate is not yet valid');
      return systemError('CERT_HAS_EXPIRED', 'certificate has expired');
    case 'tls.alert':
      return alerted(detail.replace(/^.* alert /, ''));
    case 'tls.protocol':
      return systemError(
        'EPROTO',
        `write EPROTO: ${detail === 'inappropriate fallback' ? detail : 'wrong version number'}`,
      );
    case 'http.malformed':
      return sayMalformed(detail, where);
    // Of a refused CONNECT an interim answer alone: the rest does not come.
    case 'proxy.status':
      return systemError('ECONNRESET', 'socket hang up');
    case 'http.timeout':
      return stillWaiting(ms);
    default:
      return { name: 'Error', text: detail };
  }
}

/** llhttp's words; https-proxy-agent hands to it whatever it reads before an empty line, and waits for that line. */
function sayMalformed(detail: string, where: Trouble['where']): Said {
  const [, line] = /^the status line is "(.*)"$/.exec(detail) ?? [];
  if (line === undefined && where === 'tunnel')
    return { name: 'Error', text: 'Proxy connection ended before receiving CONNECT response' };
  if (line === '') return { name: 'Error', text: 'No header received from proxy CONNECT response' };
  // Empty lines before an answer are skipped.
  if (/^the answer begins with "(?:\\r|\\n)+"$/.test(detail)) return systemError('ECONNRESET', 'socket hang up');
  if (line === undefined || !line.startsWith('HTTP/'))
    return systemError('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/, RTSP/ or ICE/');
  if (/^HTTP\/\d\.\d$/.test(line))
    return systemError('HPE_INVALID_VERSION', 'Parse Error: Expected space after version');
  return systemError(
    'HPE_INVALID_STATUS',
    /^\S+ \d{4}/.test(line) ? 'Parse Error: Invalid response status' : 'Parse Error: Invalid status code',
  );
}

/** As the certificate has them: `: DNS:other.example`. */
const altnamesIn = (detail: string): string => {
  const names = /^the certificate is for (.*), not for /.exec(detail)?.[1];
  return names === undefined ? '' : `: ${names}`;
};

/** Alerts that OpenSSL 3.0, as in Node 20, names after SSL 3. */
const ofSsl3 =
  /^(?:unexpected_message|bad_record_mac|handshake_failure|bad_certificate|unsupported_certificate)$|^(?:certificate_(?:revoked|expired|unknown)|illegal_parameter)$/;

/** Measured with Node 20 and 24: what answers the first flight breaks the write, what comes after the handshake a read. */
function alerted(alert: string): Said {
  const words = alert.replaceAll('_', ' ');
  if (alert === 'certificate_required')
    return systemError('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', `tlsv13 alert ${words}`);
  return systemError('EPROTO', `write EPROTO: ${ofSsl3.test(alert) ? 'sslv3' : 'tlsv1'} alert ${words}`);
}

/** get-uri makes the code of the phrase, and `undefined` is one to it (`http-error.ts`). */
const httpError = (phrase: string | undefined): Said =>
  systemError(`E${String(phrase).toUpperCase().replace(/\s+/g, '')}`, phrase ?? '');

/** get-uri: a missing file has a code of its own, other statuses are named after their reason phrase. */
function sayScript(failure: ScriptFailure): Said {
  const { status, url = '', code, detail, stage } = failure;
  if (status === 404) return systemError('ENOTFOUND', 'File does not exist at the specified endpoint');
  if (status !== undefined) return httpError(STATUS_CODES[status]);
  if (stage === 'script' || !URL.canParse(url)) return { name: 'Error', text: detail };
  const { hostname, port, protocol } = new URL(url);
  const at = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return sayTrouble({ code, detail, where: 'origin', during: 'http', ms: 0, host: hostname, port: at, scheme });
}
