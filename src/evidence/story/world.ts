/** Who is what in a capture: proxies by what they are asked, their own connections onward, hosts of scripts. */
import { isPrivateAddress } from '../../trace/dials.ts';
import { groupIn, header } from '../../trace/view.ts';
import type { Connection, Exchange } from '../connection.ts';
import { placeOf } from '../ip.ts';
import type { Slot } from '../slot.ts';
import type { Names } from './names.ts';

export type ProxyKind = 'PROXY' | 'HTTPS' | 'SOCKS4' | 'SOCKS5';

export interface World {
  connections: readonly Connection[];
  names: Names;
  /** The last moment of the capture, in milliseconds since 1970. */
  ended: number;
  /** Proxies by `10.20.0.8:8080`. */
  proxies: ReadonlyMap<string, ProxyKind>;
  /** Names and ports of proxies that a script or the user named, in small letters: `proxy.corp.example:8080`. */
  named: ReadonlySet<string>;
  /** Lists of routes that scripts return, as they stand in their texts: `['PROXY a:8080', 'DIRECT']`. */
  lists: readonly (readonly string[])[];
  /** A proxy's own connection to a destination, by the connection of its client; and the other way round. */
  upstreamOf: ReadonlyMap<Connection, Connection>;
  downstreamOf: ReadonlyMap<Connection, Connection>;
}

/** Ports at which proxies listen by default: Squid, many products, SOCKS. Silence at one of them is towards a proxy. */
const usualPorts = new Set([3128, 8080, 8888, 8118, 1080, 9400, 9480]);

export function worldOf(
  connections: readonly Connection[],
  names: Names,
  known: { proxies: readonly string[]; ended: number },
): World {
  const named = new Set([...known.proxies.map((text) => text.toLowerCase()), ...connections.flatMap(namedInScripts)]);
  const proxies = new Map<string, ProxyKind>();
  for (const connection of connections) {
    const kind = kindOf(connection) ?? (isNamed(connection, named, names) ? 'PROXY' : undefined);
    if (kind && proxies.get(connection.to) === undefined) proxies.set(connection.to, kind);
  }
  for (const connection of connections) {
    if (!proxies.has(connection.to) && isLikely(connection)) proxies.set(connection.to, 'PROXY');
  }
  const upstreamOf = new Map<Connection, Connection>();
  const downstreamOf = new Map<Connection, Connection>();
  const free = new Map<string, Set<Connection>>();
  for (const connection of connections) groupIn(free, connection.fromIp, () => new Set()).add(connection);
  for (const connection of connections) {
    if (!proxies.has(connection.to)) continue;
    const own = free.get(connection.toIp);
    const upstream = own && findUpstream(connection, own);
    if (!upstream) continue;
    own.delete(upstream);
    upstreamOf.set(connection, upstream);
    downstreamOf.set(upstream, connection);
  }
  return {
    connections,
    names,
    ended: known.ended,
    proxies,
    named,
    lists: connections.flatMap(listsIn),
    upstreamOf,
    downstreamOf,
  };
}

/** By what was asked on it: nobody but a proxy is asked for CONNECT, or for a whole URL. */
function kindOf({ exchanges, socks, handshakes, toPort, toIp }: Connection): ProxyKind | undefined {
  if (socks) return socks.version === 4 ? 'SOCKS4' : 'SOCKS5';
  const asked = exchanges.find(isForProxy);
  if (asked) return asked.secure ? 'HTTPS' : 'PROXY';
  // TLS where it was not understood.
  const garbled = handshakes.some(({ tunnel, garbled }) => tunnel === null && garbled !== null);
  // Or was never completed: what would tell is inside.
  const broken = handshakes.length > 0 && handshakes.every(({ established }) => !established) && isPrivateAddress(toIp);
  return (garbled || broken) && usualPorts.has(toPort) ? 'HTTPS' : undefined;
}

export const isForProxy = ({ tunnel, method, target }: Exchange): boolean =>
  tunnel === null && (method === 'CONNECT' || /^(?:https?|ftp|wss?):\/\//i.test(target));

function isNamed(connection: Connection, named: ReadonlySet<string>, names: Names): boolean {
  if (named.size === 0) return false;
  const { to, toIp, toPort, fromIp, last } = connection;
  if (named.has(to)) return true;
  const host = names.nameOf(fromIp, toIp, last);
  return host !== undefined && named.has(`${host.toLowerCase()}:${toPort}`);
}

/** Nothing was said, and the place is one where proxies are. */
const isLikely = ({ toIp, toPort, exchanges, handshakes }: Connection): boolean =>
  usualPorts.has(toPort) &&
  isPrivateAddress(toIp) &&
  !toIp.startsWith('127.') &&
  exchanges.length === 0 &&
  handshakes.length === 0;

/** Proxies that scripts name, wherever in their text. */
function namedInScripts({ exchanges }: Connection): string[] {
  return exchanges.flatMap((exchange) => {
    const text = scriptIn(exchange);
    const found = text?.matchAll(/\b(?:PROXY|HTTPS?|SOCKS[45]?)\s+([\w.-]+|\[[\da-f:]+\]):(\d{1,5})/gi) ?? [];
    return [...found].map(([, host, port]) => `${host?.toLowerCase()}:${port}`);
  });
}

/** Texts in a script that read like lists of routes. */
function listsIn({ exchanges }: Connection): string[][] {
  return exchanges.flatMap((exchange) => {
    const found =
      scriptIn(exchange)?.matchAll(/(["'])((?:PROXY|HTTPS?|SOCKS[45]?|DIRECT)\b[^"'\n]*;[^"'\n]*)\1/gi) ?? [];
    return [...found].map(([, , list = '']) => list.split(';').map((route) => route.trim().replace(/\s+/g, ' ')));
  });
}

/** The text of a proxy script, when the answer holds one. */
export function scriptIn({ answer }: Exchange): string | undefined {
  if (answer?.status !== 200 || answer.keptLength === 0) return undefined;
  const text = Buffer.concat(answer.kept).toString('latin1');
  return /FindProxyForURL/.test(text) ? text : undefined;
}

/** Whether somebody asked for a proxy script: by the name of the file, or by what came. */
export function isForScript(exchange: Exchange): boolean {
  if (exchange.method !== 'GET') return false;
  const path = exchange.target.split(/[?#]/)[0] ?? '';
  if (/\.(?:dat|pac)$/i.test(path) || /proxy[\w-]*\.js$/i.test(path)) return true;
  const type = header(exchange.answer?.headers ?? [], 'content-type') ?? '';
  return /ns-proxy-autoconfig/i.test(type) || scriptIn(exchange) !== undefined;
}

/**
 * The connection by which a proxy carried one of a client's on: the same ClientHello, else dialled by the proxy's machine
 * to the port that was asked for, between the question and a moment after its answer.
 */
function findUpstream(connection: Connection, free: ReadonlySet<Connection>): Connection | undefined {
  const random = connection.handshakes.find(({ tunnel }) => tunnel !== null)?.hello?.random;
  const same = (other: Connection): boolean =>
    random !== undefined && other.handshakes.some(({ hello }) => hello?.random === random);
  const candidates = [...free].filter((other) => other !== connection && isAfter(other.last, connection.begun));
  const twin = candidates.find((other) => same(other) && isAfter(other.begun, connection.begun));
  if (twin) return twin;
  const asked = connection.exchanges.find(isForProxy);
  const port = connection.socks?.port ?? portOf(asked);
  const from = connection.socks?.slot ?? asked?.asked;
  const until = connection.socks?.reply?.slot ?? asked?.answer?.slot;
  if (!from || port === undefined) return undefined;
  return candidates.find(({ begun, toPort, to, syns }) => {
    const first = syns[0] ?? begun;
    return (
      (toPort === port || asked === undefined || to !== connection.to) &&
      first.at >= from.at &&
      isAfter(first, from) &&
      (!until || first.at <= until.at) &&
      toPort === port
    );
  });
}

const isAfter = (left: Slot, right: Slot): boolean =>
  left.at > right.at || (left.at === right.at && left.order > right.order);

function portOf(exchange: Exchange | undefined): number | undefined {
  if (!exchange) return undefined;
  return destinationOf(exchange).port;
}

/** Where an exchange with a proxy was to lead. */
export function destinationOf({
  method,
  target,
  tunnel,
  headers,
}: Pick<Exchange, 'method' | 'target' | 'tunnel' | 'headers'>): { host: string; port: number } {
  if (tunnel) return { host: tunnel.host, port: tunnel.port };
  if (method !== 'CONNECT' && URL.canParse(target)) {
    const { hostname, port, protocol } = new URL(target);
    const implied = protocol === 'https:' || protocol === 'wss:' ? 443 : 80;
    return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? implied : Number(port) };
  }
  const text = method === 'CONNECT' ? target : (header(headers, 'host') ?? target);
  const [, host = text, port = '80'] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(text) ?? [];
  return { host, port: Number(port) };
}

/** The name of the part at the far end of a connection. */
export function farPart(world: World, connection: Connection): string {
  const { to, toIp, toPort } = connection;
  if (world.proxies.has(to)) return `proxy:${to}`;
  if (toPort === 53) return 'dns';
  return `host:${hostOf(world, connection) ?? toIp}`;
}

/** The name of the part that dialled. */
export function nearPart(world: World, connection: Connection): string {
  const proxy = proxyBehind(world, connection);
  return proxy === undefined ? `client:${connection.fromIp}` : `proxy:${proxy}`;
}

/** The proxy that dialled, where it was one: its own client's connection tells, else the address of its machine. */
export function proxyBehind({ proxies, downstreamOf }: World, connection: Connection): string | undefined {
  const downstream = downstreamOf.get(connection);
  if (downstream) return downstream.to;
  if (connection.fromIp.startsWith('127.') || connection.fromIp === '::1') return undefined;
  return [...proxies.keys()].find((place) => place.startsWith(`${ipPart(connection.fromIp)}:`));
}

const ipPart = (ip: string): string => placeOf(ip, 0).slice(0, -2);

/** The name that a machine used for the far end: what it said in TLS or HTTP, else what it had asked DNS for. */
export function hostOf(
  { names }: World,
  { handshakes, exchanges, fromIp, toIp, last }: Connection,
): string | undefined {
  const said = handshakes.find(({ tunnel }) => tunnel === null)?.hello?.serverName;
  if (said) return said;
  const asked = exchanges.find(({ tunnel }) => tunnel === null);
  const [, host] = /^\[?([^\]]*?)\]?(?::\d+)?$/.exec(header(asked?.headers ?? [], 'host') ?? '') ?? [];
  return host === undefined || host === '' ? names.nameOf(fromIp, toIp, last) : host;
}
