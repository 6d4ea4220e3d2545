/** A forward proxy of the pretend world: accepts, reads requests, and lets its behaviour serve them. */
import { splitHostPort } from '../net/address.ts';
import type { Connection } from '../net/connection.ts';
import type { Listener } from '../net/net.ts';
import { acceptTls } from '../net/tls.ts';
import { entryFor } from '../registry.ts';
import { Rulebook } from '../rules.ts';
import type { Rule } from '../rules.ts';
import { bytesOf, errorAnswer, headOf } from './answer.ts';
import type { ProxyBehaviour } from './behaviour.ts';
import { behaviours } from './behaviours/index.ts';
import { nothingKept } from './context.ts';
import type { KnownClient, Leg, ProxyContext, ProxyTools } from './context.ts';
import { finish, writeAnswered, writeAsked } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { createFront } from './front.ts';
import { openGate } from './gate.ts';
import { valueOf } from './headers.ts';
import { http2Exchange, serveHttp2, speaksHttp2 } from './multiplexed.ts';
import { plainExchange } from './plain.ts';
import { rawExchange } from './raw.ts';
import { readInside, readRequest } from './request.ts';
import type { Authority, ProxyRequest, RequestHead } from './request.ts';
import { peekByte } from './first-bytes.ts';
import { readSocks, requestOf, socksExchange } from './socks.ts';
import type { BehaviourOptions, ProxySpec } from './spec.ts';
import { Pool } from './upstream.ts';

export interface Proxy extends AsyncDisposable {
  readonly name: string;
  /** The story's address. */
  readonly at: Listener['at'];
  /** Where a program outside the lab can reach it. */
  readonly real: Listener['real'];
  /** Takes effect with the next request; what is under way stays as it is. */
  change: (rules: readonly Rule<BehaviourOptions>[]) => void;
}

/** Listens and serves. Throws LabError when the place is taken. */
export async function startProxy(name: string, spec: ProxySpec, tools: ProxyTools): Promise<Proxy> {
  const stop = new AbortController();
  const pool = new Pool();
  const rulebook = new Rulebook<BehaviourOptions>(rulesOf(spec), () => tools.clock.now());
  const context: ProxyContext = {
    ...tools,
    pen: tools.pen.as(tools.host.owner),
    name,
    pseudonym: pseudonymOf(spec, name),
    via: spec.via,
    accounts: spec.accounts,
    pool,
    upstream: nextProxy(spec),
    prohibited: spec.prohibited,
    memory: new Map(),
    kept: nothingKept(),
    signal: stop.signal,
    restart: (ms, how) => gate.restart(ms, how),
    enter: (leg) => (speaksHttp2(leg) ? serveHttp2(leg, multiplexed) : front.enter(leg)),
  };
  const serve = (exchange: Exchange): Promise<void> => serveExchange(exchange, spec, rulebook);
  const front = createFront(spec.headerLimit, {
    plain: (leg, head, message) =>
      withRequest(leg, head, (request) => plainExchange(context, leg, request, message), serve),
    raw: (leg, head, raw) => withRequest(leg, head, (request) => rawExchange(context, leg, request, raw), serve),
    unreadable: (leg, error) => refuseUnreadable(context, leg, error),
  });
  const multiplexed: Parameters<typeof serveHttp2>[1] = (leg, head, stream) =>
    withRequest(leg, head, (request) => http2Exchange(context, leg, request, stream), serve);
  const gate = await openGate(context, spec.limits, (connection) => {
    void accept(context, spec, connection, serve);
  });
  let putDown = takeUp(context, rulesOf(spec));
  return {
    name,
    at: gate.listener.at,
    get real() {
      return gate.listener.real;
    },
    change(rules) {
      putDown();
      rulebook.change(rules);
      putDown = takeUp(context, rules);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      putDown();
      await gate[Symbol.asyncDispose]();
      pool.destroy();
    },
  };
}

/** Behaviours that need no request begin at once. */
function takeUp(context: ProxyContext, rules: readonly Rule<BehaviourOptions>[]): () => void {
  const begun = rules.map(({ then }) => behaviourOf(then).begin?.(context, then));
  return () => begun.forEach((putDown) => putDown?.());
}

/** The schema has made the options for the entry of that kind. */
const behaviourOf = (options: BehaviourOptions): ProxyBehaviour => entryFor<ProxyBehaviour>(behaviours, options);

/** `PROXY host:port`, port 8080 when absent. */
function nextProxy({ upstream }: ProxySpec): Authority | undefined {
  const place = upstream === undefined ? undefined : splitHostPort(upstream.replace(/^PROXY\s+/, ''));
  return place && { host: place.host, port: place.port ?? 8080 };
}

/** The host, and its port where the next proxy is on the same one: each would take the other for itself. */
function pseudonymOf(spec: ProxySpec, name: string): string {
  const host = splitHostPort(spec.listen)?.host ?? name;
  return nextProxy(spec)?.host === host ? spec.listen : host;
}

/** `behaviour: X` is short for one rule that always matches. */
const rulesOf = ({ behaviour, rules }: ProxySpec): Rule<BehaviourOptions>[] =>
  behaviour === undefined ? rules : [{ then: behaviour }];

/** TLS when clients speak it to this proxy, then SOCKS when the first byte says so, else HTTP. */
async function accept(
  context: ProxyContext,
  { listen, tls, socks }: ProxySpec,
  connection: Connection,
  serve: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const leg: Leg = { stream: connection, connection, memory: new Map() };
  if (tls) {
    const leaf = await context.pki.leaf({
      names: [splitHostPort(listen)?.host ?? context.name],
      authority: tls.certificate,
    });
    const accepted = await acceptTls(connection, { leaf, alpn: ['http/1.1'] }, context);
    if (!accepted.ok) return;
    leg.stream = accepted.value.stream;
  }
  if (!socks) return context.enter(leg);
  const first = await peekByte(leg.stream);
  if (first !== 4 && first !== 5) return first === undefined ? finish(leg) : context.enter(leg);
  const asked = await readSocks(leg, context, socks === true ? 'none' : socks.auth);
  if (!asked) return;
  const exchange = socksExchange(context, leg, asked, requestOf(asked));
  writeAsked(exchange);
  await serve(exchange);
}

/** Reads the request strictly; what a proxy must refuse is answered here, and nothing of it is forwarded. */
async function withRequest(
  leg: Leg,
  head: RequestHead,
  exchangeFor: (request: ProxyRequest) => Exchange,
  serve: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const read = leg.inside ? readInside(head, leg.inside.origin) : readRequest(head);
  const exchange = exchangeFor(read.ok ? read.value : nowhere(head));
  writeAsked(exchange);
  if (read.ok) return serve(exchange);
  const answer = errorAnswer(exchange.context.pseudonym, 400, 'http_request_error', read.failure.detail);
  return exchange.answer({ ...answer, close: true });
}

/** A request whose destination cannot be read. */
const nowhere = (head: RequestHead): ProxyRequest => ({
  ...head,
  host: '',
  port: 0,
  scheme: 'http',
  path: '',
  authority: '',
});

async function serveExchange(exchange: Exchange, spec: ProxySpec, rulebook: Rulebook<BehaviourOptions>): Promise<void> {
  const { context, request, leg } = exchange;
  if (leg.inside?.serve) return leg.inside.serve(exchange);
  if (request.kind === 'connect' && spec.ports && !spec.ports.includes(request.port)) {
    const detail = `CONNECT to port ${request.port} is not allowed`;
    return exchange.answer(errorAnswer(context.pseudonym, 403, 'http_request_denied', detail));
  }
  const options = rulebook.pick(rulebook.asks ? subjectOf(exchange) : nothing);
  if (!options) return exchange.forward();
  const behaviour = behaviourOf(options);
  if (behaviour.concerns?.(exchange, options) === false) return exchange.forward();
  const { kind } = options;
  if (kind !== 'allow') {
    const says = behaviour.explain(options);
    context.pen.write('lab.behaviour', { part: `proxy:${context.name}`, kind, says });
  }
  return behaviour.serve(exchange, options);
}

const nothing = {};

/** What `when` may ask about. */
function subjectOf({ context, leg, request }: Exchange): Record<string, unknown> {
  const address = leg.connection.remoteAddress;
  const known: KnownClient | undefined = context.clientAt?.(address, leg.connection.dialledBy);
  return {
    host: request.host,
    port: request.port,
    method: request.method,
    scheme: request.scheme,
    url: request.target,
    client: known?.name ?? address,
    address,
    'user-agent': valueOf(request.headers, 'user-agent'),
    identity: known?.identity,
    sni: leg.inside?.serverName ?? undefined,
  };
}

/** Bytes that are no request: 431 for a head over the limit, else 400, and the end of the connection. */
function refuseUnreadable(context: ProxyContext, leg: Leg, error: NodeJS.ErrnoException): void {
  const { stream } = leg;
  if (!stream.writable) return;
  const tooBig = error.code === 'HPE_HEADER_OVERFLOW';
  const answer = tooBig
    ? errorAnswer(context.pseudonym, 431, 'http_request_error', 'the request head is too large')
    : errorAnswer(context.pseudonym, 400, 'http_request_error', `this is no HTTP request: ${error.message}`);
  const head = headOf(answer, { final: true, tunnel: false });
  // As Squid's log names what it could not read.
  const request = nowhere({
    kind: 'forward',
    method: 'NONE',
    target: 'error:invalid-request',
    version: '1.1',
    headers: [],
  });
  writeAnswered({ context, leg, request }, head);
  stream.write(bytesOf(head, answer));
  finish(leg);
}
