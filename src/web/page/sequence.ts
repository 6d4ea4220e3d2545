/** Events → the arrows and notes of a sequence diagram: who said what to whom, in order. */
import type { EventType, TraceEvent } from '../../trace/events.ts';
import { castOf } from './cast.ts';
import type { Cast } from './cast.ts';
import { cut, sayTime, sayValue } from './words.ts';

export interface Step {
  seq: number;
  at: number;
  /** Equal for a note; `lost`: nothing came of it, and nobody may have heard it. Null for a line across. */
  ends: readonly [from: string, to: string] | null;
  text: string;
  bad: boolean;
  lost: boolean;
}

export interface Sequence {
  /** In the order of columns. */
  parts: readonly string[];
  steps: readonly Step[];
  cast: Cast;
}

type More = Partial<Pick<Step, 'bad' | 'lost'>>;
type Say = (ends: Step['ends'], text: string, more?: More) => void;
type Teller<T extends EventType> = (event: TraceEvent<T>, say: Say, cast: Cast) => void;

const note = (part: string): [string, string] => [part, part];
const clientOf = (client: string): string => `client:${client}`;

/** What each type of event is in the picture; types that are missing stay out of it. */
const tellers: { [T in EventType]?: Teller<T> } = {
  'step.started': ({ data }, say) => say(null, data.says),
  'lab.changed': ({ data }, say) => say(null, `${data.path} becomes ${sayValue(data.value)}`),
  'client.request': ({ data }, say) => say(null, `${data.client}: ${data.method} ${data.url}`),
  'client.phase': ({ data }, say) =>
    say(
      null,
      `${data.client}: ${data.says} (${data.phase}, ${data.basis === 'source' ? 'read in source' : data.basis})`,
    ),
  'lab.behaviour': ({ data }, say) => say(note(data.part), `(${data.kind}) ${data.says}`),
  'discovery.finished': ({ by, data }, say) => {
    if (data.url === null) say(note(by), `no script by ${data.source}: ${data.reason ?? ''}`, { bad: true });
  },
  'dhcp.answer': ({ by, data }, say) => say(['dhcp', by], `option 252: ${data.option252 ?? 'none'}`),
  'dhcp.timeout': ({ by, data }, say) => say([by, 'dhcp'], `no answer in ${sayTime(data.afterMs)}`, lostBad),
  'dns.query': ({ by, data }, say, cast) => say([cast.at(data.client), by], `${data.name} ${data.qtype}?`),
  'dns.answer': ({ by, data }, say, cast) =>
    say([by, cast.at(data.client)], data.answers.length > 0 ? data.answers.join(', ') : data.rcode, {
      bad: data.rcode !== 'NOERROR',
    }),
  'dns.resolved': ({ by, data }, say) => {
    if (data.failure !== null) say(note(by), `${data.name}: ${data.failure}`, { bad: true });
  },
  'tcp.opened': ({ data }, say, cast) => say([cast.from(data.conn), cast.to(data.conn)], `connects to ${data.to}`),
  'tcp.syn': ({ data }, say, cast) =>
    say([cast.at(data.from), cast.at(data.to)], `SYN to ${data.to}${data.retransmission > 0 ? ', again' : ''}`, {
      lost: true,
    }),
  'tcp.timeout': ({ data }, say, cast) =>
    say(note(cast.at(data.from)), `gives up after ${sayTime(data.afterMs)}`, { bad: true }),
  'tcp.refused': ({ data }, say, cast) =>
    say([cast.at(data.from), cast.at(data.to)], `${data.to} refuses (${data.how})`, lostBad),
  'tcp.rst': ({ data }, say, cast) => say(along(data, cast), 'resets the connection', { bad: true }),
  'tls.established': ({ by, data }, say, cast) => {
    if (data.role === 'server') return;
    const issuer = data.peer === null ? '' : `, certificate of ${commonName(data.peer.issuer)}`;
    say([partOf(by, data.conn, cast), cast.tlsPeer(data.conn)], `${data.version}${issuer}`);
  },
  'tls.failed': ({ by, data }, say, cast) =>
    data.role === 'client'
      ? say([partOf(by, data.conn, cast), cast.tlsPeer(data.conn)], `TLS fails: ${data.detail}`, lostBad)
      : say(note(by), `TLS fails: ${data.detail}`, { bad: true }),
  'http.request': hostAsked,
  'origin.request': hostAsked,
  'http.response': hostAnswered,
  'origin.response': hostAnswered,
  'proxy.request': ({ by, data }, say, cast) => say([cast.from(data.conn), by], `${data.method} ${data.target}`),
  'proxy.challenged': ({ by, data }, say) =>
    say(note(by), `wants credentials: ${data.schemes.join(', ')}`, { bad: true }),
  'proxy.authenticated': ({ by, data }, say) => say(note(by), `knows ${data.user} (${data.scheme})`),
  'proxy.response': ({ by, data }, say, cast) =>
    say([by, cast.from(data.conn)], `${data.status} ${data.reason}`, { bad: data.status >= 400 }),
  'proxy.upstream-failed': ({ by, data }, say, cast) =>
    say([by, hostOf(data.host, cast)], `cannot reach ${data.host}:${data.port}: ${data.failure}`, lostBad),
  'pac.fetched': ({ by, data }, say) => {
    if (!data.accepted && data.failure !== null)
      say(note(by), `no script from ${data.url}: ${data.reason ?? data.failure}`, { bad: true });
  },
  'pac.answered': ({ by, data }, say) =>
    say(['script', by], data.answer ?? data.returned ?? 'nothing', { bad: data.failedOpen }),
  'pac.failed': ({ by, data }, say) => say(['script', by], `${data.name}: ${data.message}`, { bad: true }),
  'client.routes': ({ by, data }, say) => say(note(by), `will try ${data.routes.join('; ')}`),
  'client.attempt-finished': ({ by, data }, say) => {
    if (data.failure !== null) say(note(by), `${data.route}: ${data.detail ?? data.failure}`, { bad: true });
  },
  'client.finished': ({ by, data }, say) => {
    const { error, status } = data;
    if (error === null) say(note(by), `done: ${status ?? 'answered'}`, { bad: (status ?? 0) >= 400 });
    else say(note(by), `${error.name}: ${error.text}`, { bad: true });
  },
  'user.answered': ({ data }, say) => say(null, `user: ${data.says}`, { bad: data.page !== null }),
};

const lostBad = { lost: true, bad: true } as const;

/** A stranger writes nothing in its own name. */
const partOf = (by: string, conn: number, cast: Cast): string => (by === 'outside' ? cast.from(conn) : by);

const along = (data: { conn: number; dir: 'up' | 'down' }, cast: Cast): [string, string] =>
  data.dir === 'up' ? [cast.from(data.conn), cast.to(data.conn)] : [cast.to(data.conn), cast.from(data.conn)];

const hostOf = (host: string, cast: Cast): string => (/^[\d.]+$|:/.test(host) ? cast.at(host) : `host:${host}`);

export const commonName = (subject: string): string => /CN=([^,]+)/.exec(subject)?.[1] ?? subject;

function hostAsked({ by, data }: TraceEvent<'http.request' | 'origin.request'>, say: Say, cast: Cast): void {
  say([cast.from(data.conn), by], `${data.method} ${data.target}`);
}

function hostAnswered({ by, data }: TraceEvent<'http.response' | 'origin.response'>, say: Say, cast: Cast): void {
  say([by, cast.from(data.conn)], `${data.status}, ${data.length} bytes`, { bad: data.status >= 400 });
}

export function sequenceOf(events: readonly TraceEvent[]): Sequence {
  const cast = castOf(events);
  const steps: Step[] = [];
  const calls = new Calls();
  for (const event of events) {
    const say: Say = (ends, text, { bad = false, lost = false } = {}) =>
      steps.push({ seq: event.seq, at: event.at, ends, text: cut(text.replace(/\s+/g, ' '), 120), bad, lost });
    calls.before(event, say);
    // Each type has the teller of its own type; TypeScript cannot carry that through the index.
    (tellers[event.type] as Teller<EventType> | undefined)?.(event, say, cast);
  }
  const seen = [...new Set(steps.flatMap(({ ends }) => ends ?? []))];
  const order = ['client', 'dhcp', 'dns', 'host', 'script', 'proxy', 'origin'];
  const rank = (part: string): number => order.indexOf(cast.kindOf(part));
  const parts = seen
    .map((part, index) => ({ part, index }))
    .sort((left, right) => rank(left.part) - rank(right.part) || left.index - right.index)
    .map(({ part }) => part);
  return { parts, steps, cast };
}

/** A script is asked before its first call, and what it calls is told in one line. */
class Calls {
  readonly #asked = new Set<string>();
  #open: TraceEvent<'pac.called'>[] = [];

  before(event: TraceEvent, say: Say): void {
    if (event.type !== 'pac.called' && event.type !== 'pac.answered' && event.type !== 'pac.failed') return;
    const { client, request } = event.data;
    const key = `${request} ${client}`;
    if (!this.#asked.has(key)) say([clientOf(client), 'script'], 'FindProxyForURL(url, host)');
    this.#asked.add(key);
    if (event.type === 'pac.called') {
      this.#open.push(event);
      return;
    }
    const open = this.#open;
    this.#open = [];
    const told = open
      .slice(0, 3)
      .map(({ data }) => `${data.helper}(${data.args.map(sayValue).join(', ')}) → ${sayValue(data.result)}`);
    const rest = open.length - told.length;
    if (open.length > 0) say(note('script'), `${told.join('; ')}${rest > 0 ? `; ${rest} more calls` : ''}`);
  }
}
