/** One client, one URL: what it tried, by which routes, and everything in the trace that belongs to it. */
import { dialsOf, endpoint, isDialTo, namesByAddress } from './dials.ts';
import type { Dial, HostPort } from './dials.ts';
import type { EventType, TraceEvent } from './events.ts';
import { groupIn, kept, pick, within } from './view.ts';
import type { View } from './view.ts';

type Tls = TraceEvent<'tls.established' | 'tls.failed'>;

export interface Attempt {
  route: string;
  /** The proxy of the route, or null for DIRECT. */
  proxy: HostPort | null;
  started: TraceEvent<'client.attempt'>;
  finished: TraceEvent<'client.attempt-finished'> | undefined;
  failure: string | null;
  dials: readonly Dial[];
  /** The client's own connections, and those by which a proxy carried them on. */
  conns: readonly number[];
  upstreams: readonly number[];
  /** The client's end of the handshake with the destination, and the destination's own end. */
  clientTls: readonly Tls[];
  originTls: readonly Tls[];
  /** All of it, in order. */
  events: readonly TraceEvent[];
  ofType: <T extends EventType>(type: T) => TraceEvent<T>[];
}

export interface Request {
  client: string;
  /** The part's name in the trace: `client:service`. */
  by: string;
  url: string;
  target: HostPort & { scheme: string };
  started: TraceEvent<'client.request'>;
  routes: TraceEvent<'client.routes'> | undefined;
  attempts: readonly Attempt[];
  finished: TraceEvent<'client.finished'> | undefined;
  /** An HTTP status below 400 arrived. */
  ok: boolean;
  /** All of it, in order: lookups, script calls, dials, both ends of its connections. */
  events: readonly TraceEvent[];
  ofType: <T extends EventType>(type: T) => TraceEvent<T>[];
}

/** Every request of every client, in the order in which they began. */
export const requestsOf = kept((view): readonly Request[] => {
  const spoken = new Map<string, TraceEvent[]>();
  for (const event of view.events) {
    const key = keyOf(event);
    if (key !== undefined) groupIn(spoken, key, () => []).push(event);
  }
  const uses = connectionUses(view);
  return view
    .ofType('client.request')
    .map((started) => assemble(view, uses, started, spoken.get(keyOf(started) ?? '') ?? []));
});

/** The request and attempt that an event belongs to; an event of two belongs to the later one. */
export const ownersOf = kept((view): ReadonlyMap<number, { request: Request; attempt: Attempt }> => {
  const owners = new Map<number, { request: Request; attempt: Attempt }>();
  for (const request of requestsOf(view)) {
    for (const attempt of request.attempts) {
      for (const { seq } of attempt.events) owners.set(seq, { request, attempt });
    }
  }
  return owners;
});

/** The last route that was tried, or the one the client named at the end. */
export const routeOf = ({ finished, attempts }: Request): string | null =>
  finished?.data.route ?? attempts.at(-1)?.route ?? null;

/** Host and port of a URL, with the port its scheme implies. */
export function targetOf(url: string): HostPort & { scheme: string } {
  if (!URL.canParse(url)) return { scheme: '', host: url, port: 0 };
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const implied = scheme === 'https' || scheme === 'wss' ? 443 : 80;
  return { scheme, host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? implied : Number(port) };
}

/** The proxy in `PROXY host:port`; null for DIRECT. */
export function proxyOf(route: string): HostPort | null {
  const [, address] = /^\w+\s+(\S+)$/.exec(route.trim()) ?? [];
  if (address === undefined) return null;
  const { ip, port } = endpoint(address);
  return { host: ip, port };
}

function keyOf({ type, data }: TraceEvent): string | undefined {
  if (!type.startsWith('client.') && !type.startsWith('pac.')) return undefined;
  const { client, request } = data as { client?: unknown; request?: unknown };
  return typeof request === 'number' ? `${request} ${String(client)}` : undefined;
}

function assemble(
  view: View,
  uses: ConnectionUses,
  started: TraceEvent<'client.request'>,
  spoken: readonly TraceEvent[],
): Request {
  const { client, url } = started.data;
  const target = targetOf(url);
  const finished = pick(spoken, 'client.finished')[0];
  const outcomes = pick(spoken, 'client.attempt-finished');
  const attempts = pick(spoken, 'client.attempt').map((attempt) => {
    const outcome = outcomes.find(({ data }) => data.attempt === attempt.data.attempt);
    return assembleAttempt(view, uses, { target, attempt, outcome, until: finished?.seq ?? Infinity });
  });
  const hosts = new Set([target.host, ...attempts.flatMap(({ proxy }) => proxy?.host ?? [])]);
  const lookups = view
    .between(started.seq, finished?.seq ?? Infinity)
    .filter((event) => event.type === 'dns.resolved' && hosts.has(event.data.name));
  const events = inOrder([...spoken, ...lookups, ...attempts.flatMap((attempt) => attempt.events)]);
  const status = finished?.data.status ?? null;
  return {
    client,
    by: started.by,
    url,
    target,
    started,
    routes: pick(spoken, 'client.routes')[0],
    attempts,
    finished,
    ok: finished?.data.error === null && status !== null && status < 400,
    events,
    ofType: (type) => pick(events, type),
  };
}

interface AttemptParts {
  target: HostPort;
  attempt: TraceEvent<'client.attempt'>;
  outcome: TraceEvent<'client.attempt-finished'> | undefined;
  until: number;
}

function assembleAttempt(view: View, uses: ConnectionUses, parts: AttemptParts): Attempt {
  const { attempt, outcome, target } = parts;
  const proxy = proxyOf(attempt.data.route);
  const window = { first: attempt.seq, last: outcome?.seq ?? parts.until };
  const names = namesByAddress(view);
  const wanted = proxy ?? target;
  const dials = within(dialsOf(view), window.first, window.last).filter(
    ({ by, to }) => (by === null || by === attempt.by) && isDialTo(names, to, wanted),
  );
  const conns = [...new Set([outcome?.data.conn ?? null, ...dials.map(({ conn }) => conn)])].filter(
    (conn) => conn !== null,
  );
  const upstreams = conns.flatMap((conn) => tunnelsOn(view, conn).flatMap(({ data }) => data.upstream ?? []));
  const carried = [...conns, ...upstreams].flatMap((conn) => {
    const next = uses.get(conn)?.find((seq) => seq > attempt.seq) ?? Infinity;
    return view.onConnection(conn).filter(({ seq }) => seq >= attempt.seq && seq < next);
  });
  const forwarded = proxy && upstreams.length === 0 ? atHost(view, target.host, window.first, parts.until) : [];
  const events = inOrder([attempt, ...dials.flatMap((dial) => dial.events), ...carried, ...forwarded, outcome]);
  const tls = pick(events, 'tls.established', 'tls.failed');
  return {
    route: attempt.data.route,
    proxy,
    started: attempt,
    finished: outcome,
    failure: outcome?.data.failure ?? null,
    dials,
    conns,
    upstreams,
    clientTls: tls.filter(({ by, data }) => data.role === 'client' && by === attempt.by),
    originTls: tls.filter(({ by, data }) => data.role === 'server' && !by.startsWith('proxy:')),
    events,
    ofType: (type) => pick(events, type),
  };
}

/** When each connection is taken into use again: a pooled one serves several attempts. */
type ConnectionUses = ReadonlyMap<number, readonly number[]>;

function connectionUses(view: View): ConnectionUses {
  const uses = new Map<number, number[]>();
  const begun = new Map<string, number>();
  for (const event of view.events) {
    if (event.type === 'client.attempt') begun.set(attemptKey(event), event.seq);
    if (event.type !== 'client.attempt-finished' || event.data.conn === null) continue;
    const { conn } = event.data;
    const seq = begun.get(attemptKey(event)) ?? event.seq;
    for (const used of [conn, ...tunnelsOn(view, conn).flatMap(({ data }) => data.upstream ?? [])]) {
      groupIn(uses, used, () => []).push(seq);
    }
  }
  return uses;
}

const attemptKey = ({ data }: TraceEvent<'client.attempt' | 'client.attempt-finished'>): string =>
  `${data.request} ${data.attempt} ${data.client}`;

const tunnelsOn = (view: View, conn: number): TraceEvent<'proxy.tunnel'>[] =>
  pick(view.onConnection(conn), 'proxy.tunnel').filter(({ data }) => data.conn === conn);

/** A forwarded request reaches its host on a connection that the proxy does not name. */
const atHost = (view: View, host: string, first: number, last: number): TraceEvent[] =>
  pick(view.between(first, last), 'origin.request', 'origin.response', 'http.request', 'http.response').filter(
    ({ data }) => data.host === host,
  );

const inOrder = (events: readonly (TraceEvent | undefined)[]): TraceEvent[] =>
  [...new Set(events.filter((event) => event !== undefined))].sort((left, right) => left.seq - right.seq);
