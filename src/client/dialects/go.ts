import { synSchedules } from '../../net/net.ts';
import type { ClientError } from '../../trace/events.ts';
import type { Dialect, Trouble } from '../dialect.ts';
import { curl } from './curl.ts';

export const go: Dialect = {
  ...curl,
  name: 'go',
  summary: "A Go program with net/http's default transport: one proxy from the environment, no script, no list.",
  basis: 'golang.org/x/net/http/httpproxy read in source for the choice of the proxy. Not run.',
  open: {
    error: 'The texts are those of net/http from general knowledge; their causes are sure, their wording is not.',
    'connect.tunnelTimeout': 'The default transport is taken to wait for ever for the answer to CONNECT.',
    'tcp.connectTimeout': 'The 30 s of the default dialer, from general knowledge.',
  },
  chooser: 'go',
  tcp: { syn: synSchedules.linux, connectTimeout: 30_000 },
  connect: {
    ...curl.connect,
    headers: (host, port) => [
      ['Host', `${host}:${port}`],
      ['User-Agent', 'Go-http-client/1.1'],
    ],
    tunnelTimeout: null,
    tlsTimeout: 10_000,
    opens: '200 only',
  },
  auth: { schemes: ['basic'], digest: [], unasked: true, remembers: false },
  request: {
    headers: (host) => [
      ['Host', host],
      ['User-Agent', 'Go-http-client/1.1'],
      ['Accept-Encoding', 'gzip'],
    ],
    limit: null,
    answerTimeout: null,
    statusIsError: false,
  },
  error: (trouble) => ({ ...say(trouble), cause: trouble.code }),
};

function say(trouble: Trouble): Omit<ClientError, 'cause'> {
  const { where, code, host, port, status, reason, detail } = trouble;
  const way = where === 'proxy' ? 'proxyconnect tcp: ' : '';
  const dial = `${way}dial tcp ${host}:${port}`;
  if (status !== undefined) return { name: 'url.Error', text: reason ?? String(status) };
  if (code.startsWith('dns.')) return { name: 'net.DNSError', text: `${way}dial tcp: lookup ${host}: no such host` };
  if (code === 'tcp.refused') return { name: 'net.OpError', text: `${dial}: connect: connection refused` };
  if (code === 'tcp.timeout') return { name: 'net.OpError', text: `${dial}: i/o timeout` };
  if (code === 'tcp.unreachable') return { name: 'net.OpError', text: `${dial}: connect: no route to host` };
  if (code === 'tls.untrusted')
    return {
      name: 'x509.UnknownAuthorityError',
      text: `${way}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    };
  if (code === 'tls.protocol')
    return { name: 'tls.RecordHeaderError', text: `${way}tls: first record does not look like a TLS handshake` };
  return { name: 'url.Error', text: `${way}${detail}` };
}
