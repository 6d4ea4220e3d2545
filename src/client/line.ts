/** The way to where a request goes: TCP to the destination or to a proxy, TLS to the proxy, SOCKS through it. */
import type { Duplex } from 'node:stream';

import type { Failure } from '../failure.ts';
import type { Connection } from '../net/connection.ts';
import { dialTls } from '../net/tls.ts';
import { failoverOf } from './dialect.ts';
import type { Trouble } from './dialect.ts';
import { addressesOf, reach, remaining } from './reach.ts';
import type { Deadline } from './reach.ts';
import type { ProxyKind, Route } from './route.ts';
import { openSocks } from './socks.ts';
import type { Credentials } from './auth/scheme.ts';
import type { ClientInit, ClientTools } from './tools.ts';

/** An open way; `stream` is what HTTP runs on, `connection` what is below it. */
export interface Line {
  connection: Connection;
  stream: Duplex;
}

/** `conn` is the connection that was made before something went wrong. */
export type Opened = { ok: true; value: Line } | { ok: false; conn: number | null; trouble: Trouble };

export interface Goal {
  /** The destination. */
  host: string;
  port: number;
  deadline: Deadline;
  credentials: Credentials | null;
}

/** What a failure needs to become a {@link Trouble}: all but the place. */
export type Troubled = (
  failure: Failure,
  place: Pick<Trouble, 'where' | 'during'> & Partial<Pick<Trouble, 'host' | 'port' | 'socks' | 'partial' | 'missing'>>,
) => Trouble;

export async function openLine(
  route: Exclude<Route, { kind: 'unusable' }>,
  goal: Goal,
  troubled: Troubled,
  init: ClientInit,
  tools: ClientTools,
): Promise<Opened> {
  const { dialect } = init;
  const direct = route.kind === 'DIRECT';
  const at = 'host' in route ? { host: route.host, port: route.port } : { host: goal.host, port: goal.port };
  const where = direct ? 'origin' : 'proxy';
  const limit = direct ? dialect.tcp.connectTimeout : failoverOf(dialect).connectTimeout;
  const dialled = await reach(at, { deadline: goal.deadline, limit }, init, tools);
  if (!dialled.ok)
    return { ok: false, conn: null, trouble: troubled(dialled.failure, { where, during: 'connect', ...at }) };
  const line = { connection: dialled.value, stream: dialled.value };
  if (!('host' in route)) return { ok: true, value: line };
  const further = await furtherTo(route, line, goal, troubled, init, tools);
  if (further.ok) return further;
  await dropLine(line, tools);
  return further;
}

/** Closes a way at once, and waits until the other end knows. */
export async function dropLine({ connection }: Pick<Line, 'connection'>, tools: ClientTools): Promise<void> {
  connection.destroy();
  await tools.net.settled();
}

type ProxyRoute = Extract<Route, { kind: ProxyKind }>;

async function furtherTo(
  route: ProxyRoute,
  line: Line,
  goal: Goal,
  troubled: Troubled,
  init: ClientInit,
  tools: ClientTools,
): Promise<Opened> {
  if (route.kind === 'PROXY') return { ok: true, value: line };
  return route.kind === 'HTTPS'
    ? secureProxy(route, line, goal, troubled, init, tools)
    : socks(route, line, goal, troubled, init, tools);
}

/** TLS to the proxy comes before anything else. */
async function secureProxy(
  { host, port }: ProxyRoute,
  { connection }: Line,
  { deadline }: Goal,
  troubled: Troubled,
  init: ClientInit,
  tools: ClientTools,
): Promise<Opened> {
  const timeout = Math.min(init.dialect.connect.tlsTimeout ?? Infinity, remaining(deadline, tools));
  const secured = await dialTls(
    connection,
    { serverName: host, trust: init.trust, timeout, commonName: init.dialect.commonName },
    tools,
  );
  if (secured.ok) return { ok: true, value: { connection, stream: secured.value.stream } };
  return {
    ok: false,
    conn: connection.id,
    trouble: troubled(secured.failure, { where: 'proxy', during: 'tls', host, port }),
  };
}

/** Whether the name goes to the proxy or is resolved here is the client's habit, or the route's own word. */
async function socks(
  route: ProxyRoute,
  line: Line,
  goal: Goal,
  troubled: Troubled,
  init: ClientInit,
  tools: ClientTools,
): Promise<Opened> {
  const version = route.kind === 'SOCKS4' ? 4 : 5;
  const { socks: habits, tunnelTimeout } = init.dialect.connect;
  const local = !route.remote && habits[version === 4 ? 'SOCKS4' : 'SOCKS5'] === 'client';
  const conn = line.connection.id;
  const named = local ? await addressesOf(goal.host, init, tools) : undefined;
  if (named && !named.ok)
    return { ok: false, conn, trouble: troubled(named.failure, { where: 'origin', during: 'connect' }) };
  const timeout = Math.min(tunnelTimeout ?? Infinity, remaining(goal.deadline, tools));
  const request = {
    version,
    host: named?.value[0] ?? goal.host,
    port: goal.port,
    credentials: goal.credentials,
  } as const;
  const opened = await openSocks(line.stream, request, { timeout, clock: tools.clock });
  if (opened.ok) return { ok: true, value: line };
  const said = { version, reply: opened.refused ?? null } as const;
  return { ok: false, conn, trouble: troubled(opened.failure, { where: 'tunnel', during: 'http', socks: said }) };
}
