/** What stands on the wire, as the events that the parts of a lab would have written. */
import { header } from '../../trace/view.ts';
import type { Connection, Exchange, Handshake } from '../connection.ts';
import type { Write } from '../draft.ts';
import { suiteName } from '../layers/ciphers.ts';
import { versionName } from '../layers/hello.ts';
import { beside } from '../slot.ts';
import { brokenIn } from './handshakes.ts';
import { destinationOf, farPart, hostOf, isForProxy, isForScript, nearPart } from './world.ts';
import type { World } from './world.ts';

export function writeConnection(world: World, connection: Connection, write: Write): void {
  const near = nearPart(world, connection);
  const far = farPart(world, connection);
  writeDial(connection, near, write);
  for (const exchange of connection.exchanges) writeExchange(world, connection, exchange, write);
  for (const handshake of connection.handshakes) writeHandshake(world, connection, handshake, write);
  writeTunnel(world, connection, write);
  for (const { dir, how, slot } of connection.ends)
    write(slot, dir === 'up' ? near : far, how === 'fin' ? 'tcp.fin' : 'tcp.rst', { conn: connection.id, dir });
}

function writeDial({ id, from, to, state, syns, begun }: Connection, near: string, write: Write): void {
  if (state === 'opened') write(begun, 'capture', 'tcp.opened', { conn: id, from, to });
  else if (state === 'refused') write(begun, near, 'tcp.refused', { from, to, how: 'rst' });
  else if (state === 'prohibited') write(begun, near, 'tcp.refused', { from, to, how: 'icmp-prohibited' });
  else if (state === 'silent') {
    for (const [retransmission, slot] of syns.entries()) write(slot, near, 'tcp.syn', { from, to, retransmission });
  }
}

/** The tunnel hands the client's own TLS on: both legs have the same ClientHello. */
export function isPassedOn({ upstreamOf }: World, connection: Connection): boolean | undefined {
  const upstream = upstreamOf.get(connection);
  const own = connection.handshakes.find(({ tunnel }) => tunnel !== null)?.hello?.random;
  if (!upstream || own === undefined) return undefined;
  return upstream.handshakes.some(({ hello }) => hello?.random === own);
}

/** Somebody between ends the TLS in a tunnel: the other leg has a handshake of its own. */
const isOpened = (world: World, connection: Connection): boolean =>
  isPassedOn(world, connection) === false && (world.upstreamOf.get(connection)?.handshakes.length ?? 0) > 0;

function writeExchange(world: World, connection: Connection, exchange: Exchange, write: Write): void {
  if (isForProxy(exchange)) writeProxied(connection, exchange, exchange.target, write);
  else if (exchange.tunnel && isPassedOn(world, connection)) return;
  else if (exchange.tunnel && isOpened(world, connection)) writeInspected(connection, exchange, write);
  else writeAtHost(world, connection, exchange, write);
}

function writeInspected(connection: Connection, exchange: Exchange, write: Write): void {
  const { host, port } = destinationOf(exchange);
  const place = port === 443 ? host : `${host}:${port}`;
  writeProxied(connection, exchange, `https://${place}${exchange.target}`, write);
}

function writeProxied(connection: Connection, exchange: Exchange, target: string, write: Write): void {
  const { method, headers, asked, answer, malformed } = exchange;
  const { id: conn, to: proxy, fromIp: client } = connection;
  const by = `proxy:${proxy}`;
  const { host, port } = destinationOf(exchange);
  const destination = { proxy, conn, target, host, port };
  write(asked, by, 'proxy.request', { ...destination, client, method, headers });
  if (malformed && malformed.alert !== null)
    write(beside(malformed.slot, 1), by, 'tls.failed', {
      conn,
      role: 'server',
      serverName: null,
      code: 'tls.protocol',
      detail: 'it was sent clear text and waits for TLS',
      alert: malformed.alert,
      peer: null,
    });
  if (!answer) return;
  const { status, reason, version, behind } = answer;
  const challenges = answer.headers.filter(([name]) => name.toLowerCase() === 'proxy-authenticate');
  if (status === 407 && challenges.length > 0)
    write(beside(answer.slot, -1), by, 'proxy.challenged', {
      proxy,
      conn,
      target,
      host,
      schemes: challenges.map(([, value]) => (value.split(/[\s,]/)[0] ?? '').toLowerCase()),
      realm: /realm="([^"]*)"/i.exec(challenges.map(([, value]) => value).join(' '))?.[1] ?? null,
    });
  write(answer.slot, by, 'proxy.response', {
    ...destination,
    method,
    status,
    reason,
    headers: answer.headers,
    ...(version === '1.0' ? { version: '1.0' as const } : {}),
    ...(method === 'CONNECT' && isTunnel(status) && behind > 0 ? { early: behind } : {}),
  });
}

function writeAtHost(world: World, connection: Connection, exchange: Exchange, write: Write): void {
  const { method, target, headers, asked, answer, secure, tunnel } = exchange;
  const said = /^\[?([^\]]*?)\]?(?::\d+)?$/.exec(header(headers, 'host') ?? '')?.[1];
  const host =
    tunnel?.host ?? (said === undefined || said === '' ? (hostOf(world, connection) ?? connection.toIp) : said);
  const by = `host:${host}`;
  const { id: conn } = connection;
  const request = { conn, host, method, target, headers };
  const script = isForScript(exchange);
  if (script) write(asked, by, 'http.request', request);
  else write(asked, by, 'origin.request', { ...request, clientCertificate: secure?.shown?.subject ?? null });
  if (!answer) return;
  const { status, length } = answer;
  const response = { conn, host, target, status, headers: answer.headers, length };
  write(answer.slot, by, script ? 'http.response' : 'origin.response', response);
}

function writeTunnel(world: World, connection: Connection, write: Write): void {
  const { id: conn, to: proxy, exchanges, socks } = connection;
  const by = `proxy:${proxy}`;
  const upstream = world.upstreamOf.get(connection)?.id ?? null;
  const asked = exchanges.find(
    ({ method, answer }) => method === 'CONNECT' && answer !== null && isTunnel(answer.status),
  );
  if (asked?.answer && asked.tunnel === null) {
    const { host, port } = destinationOf(asked);
    write(beside(asked.answer.slot, 1), by, 'proxy.tunnel', {
      proxy,
      conn,
      upstream,
      target: asked.target,
      host,
      port,
    });
  } else if (socks?.reply && (socks.reply.code === 0 || socks.reply.code === 90)) {
    const { host, port } = socks;
    write(beside(socks.reply.slot, 1), by, 'proxy.tunnel', {
      proxy,
      conn,
      upstream,
      target: `${host}:${port}`,
      host,
      port,
    });
  }
  writeUpstreamFailure(world, connection, write);
}

const isTunnel = (status: number): boolean => status >= 200 && status < 300;

/** The proxy's own dial came to nothing. */
function writeUpstreamFailure(world: World, connection: Connection, write: Write): void {
  const upstream = world.upstreamOf.get(connection);
  const asked = connection.exchanges.find(isForProxy);
  if (!upstream || !asked) return;
  const broken = upstream.handshakes.flatMap((handshake) => brokenIn(handshake, upstream) ?? [])[0];
  const failure = failureOfDial(upstream.state) ?? (isPassedOn(world, connection) ? undefined : broken?.code);
  if (failure === undefined) return;
  const { host, port } = destinationOf(asked);
  write(beside(broken?.slot ?? upstream.last, 2), `proxy:${connection.to}`, 'proxy.upstream-failed', {
    proxy: connection.to,
    conn: connection.id,
    target: asked.target,
    host,
    port,
    failure,
    detail: broken?.detail ?? `${upstream.to}: ${upstream.state}`,
  });
}

export const failureOfDial = (
  state: Connection['state'],
): 'tcp.timeout' | 'tcp.refused' | 'tcp.unreachable' | undefined =>
  ({ silent: 'tcp.timeout', refused: 'tcp.refused', prohibited: 'tcp.unreachable' } as const)[state as 'silent'];

function writeHandshake(world: World, connection: Connection, handshake: Handshake, write: Write): void {
  const inside = handshake.tunnel !== null;
  const near = nearPart(world, connection);
  const below = world.downstreamOf.get(connection);
  // Of TLS that a proxy hands on, each leg shows one end.
  const handedOn = below !== undefined && isPassedOn(world, below) === true;
  const opened = inside && isOpened(world, connection);
  const ends = [
    ...(handedOn ? [] : [{ role: 'client' as const, by: near }]),
    ...(inside && !opened ? [] : [{ role: 'server' as const, by: farPart(world, connection) }]),
  ];
  for (const { role, by } of ends) writeEnd(connection, handshake, { role, by }, write);
}

function writeEnd(
  connection: Connection,
  handshake: Handshake,
  { role, by }: { role: 'client' | 'server'; by: string },
  write: Write,
): void {
  const { id: conn } = connection;
  const { hello, server, established, view, shown } = handshake;
  const serverName = hello?.serverName ?? null;
  const [peer, own] = role === 'client' ? [view, shown] : [shown, view];
  const after = role === 'client' ? 1 : 2;
  const broken = brokenIn(handshake, connection);
  const dropped = broken?.dir === 'up' && broken.alert === null;
  if (established && server && !(dropped && role === 'client'))
    write(beside(established, after), by, 'tls.established', {
      conn,
      role,
      serverName,
      version: versionName(server.version),
      cipher: suiteName(server.cipher),
      alpn: server.alpn,
      peer,
      own,
    });
  if (!broken || (dropped && role === 'server' && established)) return;
  const mine = (broken.dir === 'up') === (role === 'client');
  const { code, detail } = role === 'client' || mine ? ownWord(broken, role, handshake) : otherWord(broken);
  write(beside(broken.slot, after), by, 'tls.failed', {
    conn,
    role,
    serverName,
    code,
    detail,
    alert: broken.alert,
    peer: role === 'client' ? view : null,
    ...(role === 'server' ? { own: view } : {}),
  });
}

/** A server that asked for a certificate and got none says so by its alert. */
function ownWord(
  { code, detail, alert }: { code: string; detail: string; alert: string | null },
  role: 'client' | 'server',
  { wanted, shown }: Handshake,
): { code: string; detail: string } {
  const missed = alert === 'certificate_required' || (wanted && !shown && alert === 'handshake_failure');
  if (role === 'server' && missed) return { code: 'tls.untrusted', detail: 'the client sent no certificate' };
  return { code, detail };
}

const otherWord = ({ alert }: { alert: string | null }): { code: string; detail: string } =>
  alert === null
    ? { code: 'tcp.closed', detail: 'the peer closed the connection' }
    : { code: 'tls.alert', detail: `the peer sent the alert ${alert}` };
