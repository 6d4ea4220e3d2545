/**
 * What a client tried: a connection, or several that belong together, by one route to one destination, and how it ended.
 * A capture shows no more of a client than this.
 */
import type { Answer, Connection, Exchange } from '../connection.ts';
import { isBefore } from '../slot.ts';
import type { Slot } from '../slot.ts';
import { joined } from './joined.ts';
import { outcomeOf } from './outcome.ts';
import { nameProxy, unresolvedTries } from './unresolved.ts';
import { destinationOf, hostOf, isForProxy, isForScript, proxyBehind } from './world.ts';
import type { World } from './world.ts';

export interface Try {
  client: string;
  /** `DIRECT`, `PROXY proxy.corp.example:8080`. */
  route: string;
  /** Undefined when the connection ended before anything was asked. */
  target: { scheme: string; host: string; port: number } | undefined;
  url: string;
  method: string;
  connections: Connection[];
  start: Slot;
  end: Slot;
  /** Of several dials, when the first had failed: the next route may begin while others go on. */
  firstEnd?: Slot;
  /** One of `src/failure.ts`; null when there was none, undefined when the capture ends before. */
  failure: string | null | undefined;
  detail: string | null;
  status: number | null;
}

/** Every try of every client, in the order in which they began; fetches of proxy scripts are not among them. */
export function triesOf(world: World): Try[] {
  const tries = world.connections.flatMap((connection) =>
    isClients(world, connection) ? triesOn(world, connection) : [],
  );
  const all = [...tries, ...unresolvedTries(world)];
  return joined(all.toSorted((left, right) => (isBefore(left.start, right.start) ? -1 : 1)));
}

/** Not a proxy's own connection, no question to a name server, and not for a script alone. */
function isClients(world: World, connection: Connection): boolean {
  if (connection.toPort === 53 || proxyBehind(world, connection) !== undefined) return false;
  return !isScriptDial(world, connection) && !isHalfUnknown(connection);
}

/** Stood before the capture, and nothing that was said can be read. */
const isHalfUnknown = ({ state, exchanges }: Connection): boolean => state === 'midway' && exchanges.length === 0;

/** A connection for a proxy script, or the attempt at one. */
export function isScriptDial(world: World, connection: Connection): boolean {
  const { exchanges, toPort, handshakes } = connection;
  if (exchanges.some((exchange) => isForScript(exchange) && exchange.tunnel === null && !isForProxy(exchange)))
    return true;
  const host = hostOf(world, connection);
  return exchanges.length === 0 && handshakes.length === 0 && toPort === 80 && /^wpad(\.|$)/i.test(host ?? '');
}

function triesOn(world: World, connection: Connection): Try[] {
  const kind = world.proxies.get(connection.to);
  if (kind === undefined) return directTries(world, connection);
  const route = `${kind} ${nameProxy(world, connection)}`;
  const asked = connection.exchanges.filter(isForProxy);
  if (connection.socks) return [socksTry(world, connection, route)];
  if (asked.length === 0) return [bareTry(world, connection, route, undefined)];
  const outer = asked.map((exchange, nth) => proxiedTry(world, { connection, route, exchange, nth }));
  const [, ...later] = connection.exchanges.filter(({ tunnel }) => tunnel !== null);
  return [...outer, ...later.map((exchange) => innerTry(world, { connection, route, exchange, nth: 1 }))];
}

/** One more request in a tunnel that stands. */
function innerTry(world: World, { connection, route, exchange }: Asked): Try {
  const { host, port } = destinationOf(exchange);
  const target = { scheme: exchange.secure ? 'https' : 'http', host, port };
  const end = exchange.answer ? answered(exchange.answer) : { ...outcomeOf(world, connection), status: null };
  const url = withPath(urlOf(target), exchange.target);
  return { ...common(world, connection), start: exchange.asked, route, target, url, method: exchange.method, ...end };
}

const common = (world: World, connection: Connection) => ({
  client: connection.fromIp,
  connections: [connection],
  start: startOf(world, connection),
});

/** The question that led to it, if there was one shortly before; else its first packet. */
function startOf(world: World, { fromIp, toIp, syns, begun }: Connection): Slot {
  const first = syns[0] ?? begun;
  const asked = world.names.lookupFor(fromIp, toIp, first);
  return asked && first.at - asked.first.at < 10_000 ? asked.first : first;
}

/** Nothing was said on it, or nothing that is understood. */
function bareTry(world: World, connection: Connection, route: string, target: Try['target']): Try {
  const url = target ? urlOf(target) : '(not seen)';
  return {
    ...common(world, connection),
    route,
    target,
    url,
    method: 'CONNECT',
    ...outcomeOf(world, connection),
    status: null,
  };
}

const urlOf = ({ scheme, host, port }: NonNullable<Try['target']>): string => {
  const implied = scheme === 'https' ? 443 : scheme === 'http' ? 80 : 0;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${name}${port === implied ? '' : `:${port}`}/`;
};

function socksTry(world: World, connection: Connection, route: string): Try {
  const { host, port, reply } = connection.socks ?? { host: '', port: 0, reply: null };
  const inner = connection.exchanges[0];
  const scheme = inner && !inner.secure ? 'http' : 'https';
  const refused = reply && reply.code !== 0 && reply.code !== 90;
  const outcome = refused
    ? { end: reply.slot, failure: 'proxy.status', detail: `the SOCKS proxy answered with code ${reply.code}` }
    : outcomeOf(world, connection);
  const target = { scheme, host, port };
  return {
    ...common(world, connection),
    route,
    target,
    url: urlOf(target),
    method: 'CONNECT',
    ...outcome,
    status: inner?.answer?.status ?? null,
  };
}

interface Asked {
  connection: Connection;
  route: string;
  exchange: Exchange;
  /** Which of the questions on this connection. */
  nth: number;
}

function proxiedTry(world: World, { connection, route, exchange, nth }: Asked): Try {
  const { method, answer, malformed } = exchange;
  const { host, port } = destinationOf(exchange);
  const tunnels = method === 'CONNECT';
  const inner = tunnels ? connection.exchanges.find(({ tunnel }) => tunnel !== null) : exchange;
  const scheme = tunnels && (port === 443 || connection.handshakes.length > 0 || !inner) ? 'https' : 'http';
  const target = { scheme, host, port };
  const base = { ...common(world, connection), route, target, ...(nth > 0 ? { start: exchange.asked } : {}) };
  const url = tunnels ? withPath(urlOf(target), inner?.target) : exchange.target;
  const said = { url, method: inner?.method ?? method };
  if (malformed)
    return {
      ...base,
      ...said,
      end: malformed.slot,
      failure: 'http.malformed',
      detail: `the answer is ${malformed.says}`,
      status: null,
    };
  if (tunnels && answer && (answer.status < 200 || answer.status > 299))
    return { ...base, ...said, ...refusedBy(answer) };
  if (tunnels && answer && isDropped(connection, answer))
    return {
      ...base,
      ...said,
      end: connection.ends[0]?.slot ?? answer.done,
      failure: 'http.too-large',
      detail: `${sizeOf(answer)} bytes of fields`,
      status: answer.status,
    };
  if (tunnels && answer && isLeft(connection, answer))
    return {
      ...base,
      ...said,
      end: connection.ends[0]?.slot ?? answer.done,
      failure: 'http.malformed',
      detail: `${answer.behind} bytes came behind the head of the answer`,
      status: answer.status,
    };
  if (!tunnels && answer) return { ...base, ...said, ...answered(answer) };
  if (inner?.answer) return { ...base, ...said, ...answered(inner.answer) };
  return { ...base, ...said, ...outcomeOf(world, connection), status: null };
}

const withPath = (url: string, path: string | undefined): string =>
  path?.startsWith('/') ? `${url.slice(0, -1)}${path}` : url;

/** The smallest head that some client refuses (Node: 16 KiB). */
const largeHead = 16_000;
const sizeOf = ({ headers }: Answer): number =>
  headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);

/** A large head, and the client leaves without a word in the tunnel that it opened. */
const isDropped = ({ ends, handshakes, exchanges }: Connection, answer: Answer): boolean =>
  sizeOf(answer) > largeHead && ends[0]?.dir === 'up' && handshakes.length === 0 && exchanges.length === 1;

/** More than a head came, and the client leaves the tunnel that it opened without a word in it. */
const isLeft = ({ ends, lastData }: Connection, { behind, slot }: Answer): boolean =>
  behind > 0 && ends[0]?.dir === 'up' && lastData.up !== null && isBefore(lastData.up, slot);

const refusedBy = ({ status, reason, done }: Answer) => ({
  end: done,
  failure: status === 407 ? 'proxy.auth' : 'proxy.status',
  detail: `${status} ${reason}`,
  status,
});

const answered = ({ status, done, complete, slot }: Answer) => ({
  end: complete ? done : slot,
  failure: status === 407 ? 'proxy.auth' : null,
  detail: null,
  status,
});

function directTries(world: World, connection: Connection): Try[] {
  const { exchanges, toPort, toIp, handshakes } = connection;
  const host = hostOf(world, connection) ?? toIp;
  const scheme =
    handshakes.length > 0 || toPort === 443 ? 'https' : exchanges.length > 0 || toPort === 80 ? 'http' : 'tcp';
  const target = { scheme, host, port: toPort };
  if (exchanges.length === 0) return [bareTry(world, connection, 'DIRECT', target)];
  return exchanges.map((exchange, nth) => {
    const base = {
      ...common(world, connection),
      route: 'DIRECT',
      target,
      ...(nth > 0 ? { start: exchange.asked } : {}),
    };
    const said = { url: withPath(urlOf(target), exchange.target), method: exchange.method };
    const end = exchange.answer ? answered(exchange.answer) : { ...outcomeOf(world, connection), status: null };
    return { ...base, ...said, ...end };
  });
}
