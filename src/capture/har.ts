/**
 * A run as HAR 1.2: an entry for every URL that a client wanted, for every script it fetched, and for every request
 * that a proxy got. Everything from events; bodies and credentials stay out.
 */
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { pick, viewOf } from '../trace/view.ts';
import { carriedBy, entryOf, quiet, requestOf, responseOf, withoutUser } from './har-format.ts';
import type { Har, HarEntry } from './har-format.ts';
import { timingsOf } from './har-timings.ts';
import type { Captured } from './pcapng.ts';

/** `version` is that of the program. */
export function toHar({ title, events, findings = [] }: Captured, version = ''): Har {
  const entries = [
    ...requestsOf(viewOf(events)).map((request) => wanted(events, request)),
    ...pick(events, 'pac.fetched').map((fetched) => script(events, fetched)),
    ...pick(events, 'proxy.request').map((asked) => proxied(events, asked)),
  ].sort((left, right) => left._events[0] - right._events[0]);
  const found = findings.map(({ id, title: says }) => `${id}: ${says}`);
  return {
    log: { version: '1.2', creator: { name: 'paclab', version }, entries, comment: [title, ...found].join('\n') },
  };
}

/** What a client wanted, by the last route it tried. */
function wanted(events: readonly TraceEvent[], request: Request): HarEntry {
  const { started, finished, attempts, url } = request;
  const attempt = attempts.at(-1);
  const asked = attempt && askedOf(attempt);
  const answered = attempt && answerTo(attempt);
  const last = finished ?? request.events.at(-1) ?? started;
  const route = finished?.data.route ?? attempt?.route;
  const error = finished?.data.error;
  return {
    ...entryOf(events, started, last, timingsOf(request, last.at)),
    request: requestOf(started.data.method, url, asked?.data.headers ?? []),
    response: responseOf({ ...answered?.data, status: finished?.data.status ?? 0 }),
    ...peerOf(events, attempt),
    comment: whyOf(request),
    ...(route === undefined || route === null ? {} : { _route: route }),
    ...(error ? { _error: withoutUser(`${error.name}: ${error.text}`) } : {}),
    _attempts: attempts.map(({ route: tried, finished: outcome }) => ({
      route: tried,
      failure: outcome?.data.failure ?? null,
      detail: outcome?.data.detail ?? null,
    })),
  };
}

/** What the client sent: the proxy heard it unchanged. */
function askedOf({ events, conns }: Attempt) {
  const own = pick(events, 'proxy.request').filter(
    ({ data }) => data.method !== 'CONNECT' && conns.includes(data.conn),
  );
  return own.at(-1) ?? pick(events, 'origin.request', 'http.request').at(-1);
}

/** What came back to the client: the proxy's words where the client heard those. */
function answerTo({ events, conns }: Attempt) {
  const own = pick(events, 'proxy.response').filter(
    ({ data }) => conns.includes(data.conn) && !(data.method === 'CONNECT' && data.status < 300),
  );
  return own.at(-1) ?? pick(events, 'origin.response', 'http.response').at(-1);
}

/** The other end of the client's connection, even of one that never stood. */
function peerOf(events: readonly TraceEvent[], attempt: Attempt | undefined): Partial<HarEntry> {
  const conn = attempt?.conns.at(-1);
  const dial = attempt?.dials.at(-1);
  return conn === undefined && dial ? { serverIPAddress: dial.to.ip } : carriedBy(events, conn);
}

/** Why it went the way it went: the script's answer, or whatever else decided. */
function whyOf({ ofType, routes }: Request): string {
  const answers = ofType('pac.answered').map(({ data, seq }) =>
    data.failedOpen ? `the script failed, event ${seq}` : `the script answered '${data.answer}', event ${seq}`,
  );
  const reasons = routes ? [`${routes.data.routes.join('; ')}: ${routes.data.why}, event ${routes.seq}`] : [];
  return [...answers, ...reasons].join('\n');
}

function script(events: readonly TraceEvent[], fetched: TraceEvent<'pac.fetched'>): HarEntry {
  const { url, status, type, bytes, accepted, reason } = fetched.data;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const asked = before(events, fetched, 'http.request').find(({ data }) => data.host === host);
  const answered = before(events, fetched, 'http.response').find(({ data }) => data.host === host);
  const wait = asked && answered ? answered.at - asked.at : 0;
  const receive = answered ? fetched.at - answered.at : 0;
  return {
    ...entryOf(events, asked ?? fetched, fetched, { ...quiet, wait, receive }),
    request: requestOf('GET', url, asked?.data.headers ?? []),
    response: responseOf({
      status: status ?? 0,
      headers: answered?.data.headers ?? (type === null ? [] : [['Content-Type', type]]),
      length: bytes,
    }),
    ...carriedBy(events, asked?.data.conn),
    _by: fetched.by,
    _route: 'DIRECT',
    comment: accepted ? `the proxy script of ${fetched.data.client}` : `not taken as proxy script: ${reason}`,
    ...(status === null && reason !== null ? { _error: reason } : {}),
  };
}

/** The events of a type before another, the latest first. */
const before = <T extends 'http.request' | 'http.response'>(
  events: readonly TraceEvent[],
  { seq }: TraceEvent,
  type: T,
): TraceEvent<T>[] =>
  pick(events, type)
    .filter((event) => event.seq < seq)
    .toReversed();

function proxied(events: readonly TraceEvent[], asked: TraceEvent<'proxy.request'>): HarEntry {
  const { conn, method, target, host, port, headers, client } = asked.data;
  const after = viewOf(events)
    .onConnection(conn)
    .filter(({ seq }) => seq > asked.seq);
  const next = pick(after, 'proxy.request')[0]?.seq ?? Infinity;
  const own = after.filter(({ seq }) => seq < next);
  const answered = pick(own, 'proxy.response').findLast(({ data }) => data.target === target);
  const failed = pick(own, 'proxy.upstream-failed')[0];
  const last = answered ?? failed ?? asked;
  return {
    ...entryOf(events, asked, last, { ...quiet, wait: last.at - asked.at }),
    request: requestOf(
      method,
      URL.canParse(target) && method !== 'CONNECT' ? target : placeUrl(host, port, target),
      headers,
    ),
    response: responseOf({ ...answered?.data, status: answered?.data.status ?? 0 }),
    ...carriedBy(events, conn),
    comment: withoutUser(`${method} ${target} from ${client}`),
    ...(failed ? { _error: withoutUser(`${failed.data.failure}: ${failed.data.detail}`) } : {}),
  };
}

/** CONNECT has a host and a port for a target, an intercepted request a path; HAR wants a URL. */
function placeUrl(host: string, port: number, target: string): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `https://${name}${port === 443 ? '' : `:${port}`}${target.startsWith('/') ? target : '/'}`;
}
