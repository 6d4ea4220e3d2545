import { synSchedules } from '../../net/net.ts';
import type { ClientError } from '../../trace/events.ts';
import { worded } from '../dialect.ts';
import type { Dialect, ErrorWords, Trouble } from '../dialect.ts';

const netError = (number: number, name: string): Omit<ClientError, 'cause'> => ({ name, number, text: `net::${name}` });

const userAgent: [string, string] = [
  'User-Agent',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
];

const proxyFailed = netError(-130, 'ERR_PROXY_CONNECTION_FAILED');
const notResolved = netError(-105, 'ERR_NAME_NOT_RESOLVED');

/** `net/base/net_error_list.h`; which one appears when: measured with Chromium 156. */
const words: ErrorWords = {
  'proxy:dns.nxdomain': proxyFailed,
  'proxy:dns.nodata': proxyFailed,
  'proxy:dns.servfail': proxyFailed,
  'proxy:dns.timeout': proxyFailed,
  'proxy:tcp.refused': proxyFailed,
  'proxy:tcp.unreachable': proxyFailed,
  'proxy:tcp.timeout': netError(-7, 'ERR_TIMED_OUT'),
  'dns.nxdomain': notResolved,
  'dns.nodata': notResolved,
  'dns.servfail': notResolved,
  'dns.timeout': notResolved,
  'dns.collision': netError(-166, 'ERR_ICANN_NAME_COLLISION'),
  'tcp.refused': netError(-102, 'ERR_CONNECTION_REFUSED'),
  'tcp.timeout': netError(-118, 'ERR_CONNECTION_TIMED_OUT'),
  'tcp.unreachable': netError(-109, 'ERR_ADDRESS_UNREACHABLE'),
  'tcp.reset': netError(-101, 'ERR_CONNECTION_RESET'),
  'tcp.closed': netError(-324, 'ERR_EMPTY_RESPONSE'),
  'tunnel:http.malformed': netError(-111, 'ERR_TUNNEL_CONNECTION_FAILED'),
  'http.malformed': netError(-370, 'ERR_INVALID_HTTP_RESPONSE'),
  'http.timeout': netError(-7, 'ERR_TIMED_OUT'),
  'tls.untrusted': netError(-202, 'ERR_CERT_AUTHORITY_INVALID'),
  'tls.name': netError(-200, 'ERR_CERT_COMMON_NAME_INVALID'),
  'tls.expired': netError(-201, 'ERR_CERT_DATE_INVALID'),
  'tls.alert': netError(-117, 'ERR_BAD_SSL_CLIENT_AUTH_CERT'),
  'tls.protocol': netError(-107, 'ERR_SSL_PROTOCOL_ERROR'),
  'proxy.status': netError(-111, 'ERR_TUNNEL_CONNECTION_FAILED'),
};

/** A refused CONNECT never fails over (since M67); failures of the proxy's own connection do. */
const failsOver = new Set([
  'dns.nxdomain',
  'dns.nodata',
  'dns.servfail',
  'dns.timeout',
  'tcp.refused',
  'tcp.timeout',
  'tcp.unreachable',
  'tls.untrusted',
  'tls.name',
  'tls.expired',
  'tls.protocol',
]);

export const chromium: Dialect = {
  name: 'chromium',
  summary: 'Chromium on Linux.',
  basis: 'Measured with Chromium 156 on Debian 12; net/docs/proxy.md and net/proxy_resolution read in source.',
  chooser: 'browser',
  pac: 'chromium',
  resolver: 'glibc',
  // DHCP is asked on Windows and ChromeOS only.
  wpad: { ask: 'bare', dhcp: null },
  // net_error_list.h: ERR_ICANN_NAME_COLLISION.
  collisionFails: true,
  tcp: { syn: synSchedules.linux },
  connect: {
    headers: (host, port) => [
      ['Host', `${host}:${port}`],
      ['Proxy-Connection', 'keep-alive'],
      [
        'User-Agent',
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      ],
    ],
    usable: () => true,
    failsOver: ({ where, code }) => where === 'proxy' && failsOver.has(code),
  },
  request: {
    headers: (host) => [
      ['Host', host],
      ['Connection', 'keep-alive'],
      [
        'User-Agent',
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      ],
      ['Accept', '*/*'],
    ],
    limit: null,
    statusIsError: false,
  },
  error: (trouble) =>
    trouble.code === 'proxy.auth' ? challenged(trouble) : worded(words, trouble, netError(-2, 'ERR_FAILED')),
};

/** 407 without usable credentials: measured per scheme. */
function challenged(trouble: Trouble): ClientError {
  const knows = (trouble.schemes ?? []).some((scheme) => /^(basic|digest|ntlm)$/i.test(scheme));
  return {
    ...(knows ? netError(-338, 'ERR_INVALID_AUTH_CREDENTIALS') : netError(-115, 'ERR_PROXY_AUTH_UNSUPPORTED')),
    cause: trouble.code,
  };
}
