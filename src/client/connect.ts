/** One attempt: a request by one route, from the proxy's name to the end of the answer. */
import { fail } from '../failure.ts';
import type { Failure, Outcome } from '../failure.ts';
import { connectTunnel, exchange } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import { splitHostPort } from '../net/address.ts';
import type { Connection } from '../net/connection.ts';
import { dialTls } from '../net/tls.ts';
import { profileNamed } from '../pac/index.ts';
import type { HeaderList } from '../trace/events.ts';
import type { Trouble, Where } from './dialect.ts';
import { reach, remaining } from './reach.ts';
import type { Deadline } from './reach.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface WireRequest {
  url: URL;
  method: string;
  headers: HeaderList;
  body: string | undefined;
  deadline: Deadline;
  /** Only the way to host and port is wanted: CONNECT at a proxy, plain TCP without one. */
  tunnelOnly?: boolean;
}

export interface Attempted {
  /** The connection of the client, when there was one. */
  conn: number | null;
  answer: Answer | null;
  trouble: Trouble | null;
}

/** `host:port` of a URL, the default port filled in; IPv6 without brackets. */
export function targetOf(url: URL): { host: string; port: number } {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

export async function attempt(
  route: string,
  request: WireRequest,
  init: ClientInit,
  tools: ClientTools,
): Promise<Attempted> {
  const target = targetOf(request.url);
  const [kind = '', at = ''] = route.split(' ');
  const proxy = kind === 'DIRECT' ? undefined : splitHostPort(at);
  const where: Where = proxy ? 'proxy' : 'origin';
  const troubled = troubleFor(request.url);
  const limits = {
    deadline: request.deadline,
    limit: proxy ? profileNamed(init.dialect.pac).failover.connectTimeout : null,
  };
  const goal = proxy ? { host: proxy.host, port: proxy.port ?? 80 } : target;
  const dialled = await reach(goal, limits, init, tools);
  if (!dialled.ok) return { conn: null, answer: null, trouble: troubled(where, goal.host, dialled.failure) };
  const connection = dialled.value;
  try {
    const done = proxy
      ? await throughProxy(connection, request, init, tools)
      : request.tunnelOnly
        ? { answer: null, trouble: null }
        : await atOrigin(connection, request, origin(request.url), init, tools);
    return { conn: connection.id, ...done };
  } finally {
    connection.destroy();
    await tools.net.settled();
  }
}

type Done = Omit<Attempted, 'conn'>;

/** Plain HTTP goes to the proxy in absolute form; https through a tunnel. */
async function throughProxy(
  connection: Connection,
  request: WireRequest,
  init: ClientInit,
  tools: ClientTools,
): Promise<Done> {
  const { url } = request;
  if (url.protocol === 'http:' && !request.tunnelOnly)
    return atOrigin(connection, request, `${url.protocol}//${url.host}${origin(url)}`, init, tools, 'proxy');
  const { host, port } = targetOf(url);
  const troubled = troubleFor(url);
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const tunnel = await connectTunnel(
    connection,
    { authority, headers: init.dialect.connect.headers(host, port) },
    { timeout: remaining(request.deadline, tools), clock: tools.clock },
  );
  if (!tunnel.ok) return { answer: null, trouble: troubled('tunnel', host, tunnel.failure) };
  const { status, reason, headers } = tunnel.value;
  if (status < 200 || status > 299) return { answer: null, trouble: refused(url, status, reason, headers) };
  return request.tunnelOnly ? { answer: null, trouble: null } : atOrigin(connection, request, origin(url), init, tools);
}

/** TLS where the URL asks for it, then the exchange. */
async function atOrigin(
  connection: Connection,
  request: WireRequest,
  target: string,
  init: ClientInit,
  tools: ClientTools,
  where: Where = 'origin',
): Promise<Done> {
  const { url } = request;
  const { host } = targetOf(url);
  const troubled = troubleFor(url);
  const stream =
    url.protocol === 'https:'
      ? await secure(connection, host, request.deadline, init, tools)
      : { ok: true as const, value: connection };
  if (!stream.ok) return { answer: null, trouble: troubled('origin', host, stream.failure) };
  const answer = await exchange(
    stream.value,
    {
      method: request.method,
      target,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    { timeout: remaining(request.deadline, tools), clock: tools.clock },
  );
  if (!answer.ok) return { answer: null, trouble: troubled(where, host, answer.failure) };
  const { status, reason, headers, complete } = answer.value;
  if (!complete)
    return {
      answer: null,
      trouble: troubled(where, host, { code: 'tcp.closed', detail: 'the answer is shorter than promised' }),
    };
  if (where === 'proxy' && status === 407)
    return { answer: answer.value, trouble: refused(url, status, reason, headers) };
  return { answer: answer.value, trouble: null };
}

async function secure(
  connection: Connection,
  host: string,
  deadline: Deadline,
  init: ClientInit,
  tools: ClientTools,
): Promise<Outcome<Parameters<typeof exchange>[0]>> {
  const name = init.certificates[0];
  const certificate = name === undefined ? undefined : await tools.pki.clientCertificate(name);
  const secured = await dialTls(
    connection,
    {
      serverName: host,
      trust: init.trust,
      timeout: remaining(deadline, tools),
      ...(certificate === undefined ? {} : { certificate }),
    },
    tools,
  );
  return secured.ok ? { ok: true, value: secured.value.stream } : secured;
}

const origin = (url: URL): string => `${url.pathname}${url.search}`;

const troubleFor =
  (url: URL) =>
  (where: Where, host: string, failure: Failure): Trouble => ({
    ...failure,
    where,
    host,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
  });

/** A proxy's own answer that is a refusal: 407, or any status to CONNECT that is not 2xx. */
function refused(url: URL, status: number, reason: string, headers: HeaderList): Trouble {
  const schemes = headers
    .filter(([name]) => name.toLowerCase() === 'proxy-authenticate')
    .map(([, value]) => value.split(' ')[0] ?? '');
  const failure = status === 407 ? fail('proxy.auth', `407 ${reason}`) : fail('proxy.status', `${status} ${reason}`);
  return { ...troubleFor(url)('tunnel', targetOf(url).host, failure.failure), status, reason, schemes };
}
