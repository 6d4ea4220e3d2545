/** One attempt: a request by one route, from the proxy's name to the end of the answer. */
import { fail } from '../failure.ts';
import { exchange } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import type { HeaderList } from '../trace/events.ts';
import type { AuthRun, ProxyAuth } from './auth/auth.ts';
import type { Credentials } from './auth/scheme.ts';
import type { Trouble } from './dialect.ts';
import { dropLine, openLine } from './line.ts';
import type { KeptLines } from './kept.ts';
import type { Line, Troubled } from './line.ts';
import { atOrigin, closesAfter, cutShort, onStream, originForm } from './origin.ts';
import type { Done } from './origin.ts';
import { remaining } from './reach.ts';
import type { Deadline } from './reach.ts';
import { isSecure, readRoute, targetOf } from './route.ts';
import type { Route } from './route.ts';
import type { ClientInit, ClientTools } from './tools.ts';
import { headLeft, isCutOff, needsTunnel, opensTunnel, takeEarly } from './tunnel-habits.ts';

export interface WireRequest {
  url: URL;
  method: string;
  headers: HeaderList;
  body: string | undefined;
  deadline: Deadline;
  /** Only the way to host and port is wanted: CONNECT at a proxy, plain TCP without one. */
  tunnelOnly: boolean;
  /** Where the connection stays after the answer, and where one that was kept may be; null: it is closed. */
  kept: KeptLines | null;
  /** FIN follows the request to the destination. */
  ends: boolean;
  auth: ProxyAuth;
  credentials: Credentials | null;
}

export interface Attempted extends Done {
  /** The last connection of the client, when there was one. */
  conn: number | null;
}

export async function attempt(
  text: string,
  request: WireRequest,
  init: ClientInit,
  tools: ClientTools,
): Promise<Attempted> {
  const route = readRoute(text);
  const began = tools.clock.now();
  const scheme = isSecure(request.url) ? 'https' : 'http';
  const troubled: Troubled = (failure, place) => ({
    ...targetOf(request.url),
    ...failure,
    ...place,
    scheme,
    ms: tools.clock.now() - began,
  });
  if (route.kind === 'unusable') {
    const { failure } = fail('config.invalid', `'${route.text}' names no kind of proxy that the client knows`);
    return { conn: null, answer: null, trouble: troubled(failure, { where: 'proxy', during: 'connect' }) };
  }
  const trip = { text, route, request, troubled, init, tools };
  let tried = await travel(trip);
  for (let times = 1; tried.trouble && times < init.dialect.connect.tries(tried.trouble); times += 1)
    tried = await travel(trip);
  return tried;
}

interface Trip {
  text: string;
  route: Exclude<Route, { kind: 'unusable' }>;
  request: WireRequest;
  troubled: Troubled;
  init: ClientInit;
  tools: ClientTools;
}

/** Opens the way and carries the request; a 407 that the client can answer leads round again. */
async function travel(trip: Trip): Promise<Attempted> {
  const { route, request, tools } = trip;
  const place = `${trip.text} ${request.url.origin}`;
  const kept = request.kept?.take(place);
  if (kept) return again(kept, place, trip);
  const run = request.auth.begin(trip.text);
  let line: Line | undefined;
  const round: Round = { run, challenges: [] };
  try {
    for (;;) {
      if (!line) {
        const opened = await openLine(route, { ...targetOf(request.url), ...request }, trip.troubled, trip.init, tools);
        if (!opened.ok) return { conn: opened.conn, answer: null, trouble: opened.trouble };
        line = opened.value;
      }
      const conn = line.connection.id;
      const done = speaksHttp(route) ? await ask(line, round, trip) : await beyond(line, trip);
      if (!('again' in done)) {
        if (park(line, done, place, trip)) line = undefined;
        return { conn, answer: done.answer, trouble: done.trouble };
      }
      round.say = done.again;
      if (done.closed) {
        await dropLine(line, tools);
        line = undefined;
      }
    }
  } finally {
    if (line) await dropLine(line, tools);
  }
}

/** The next request on a connection that was kept; a failure of it is not tried again on a new one. */
async function again(line: Line, place: string, trip: Trip): Promise<Attempted> {
  const { request, troubled, init, tools } = trip;
  const done = await onStream(line.stream, request, troubled, init, tools);
  const trouble = done.trouble && { ...done.trouble, reused: true as const };
  if (!park(line, done, place, trip)) await dropLine(line, tools);
  return { conn: line.connection.id, answer: done.answer, trouble };
}

/** Keeps a connection whose answer is complete, where that is wanted and the answer does not end it. */
function park({ connection }: Line, { answer, trouble, stream }: Done, place: string, { request }: Trip): boolean {
  if (!request.kept || !stream || !answer || trouble || closesAfter(answer)) return false;
  request.kept.put(place, { connection, stream });
  return true;
}

const speaksHttp = ({ kind }: Route): boolean => kind === 'PROXY' || kind === 'HTTPS' || kind === 'no-host';

type Asked = Done | { again: HeaderList; closed: boolean };

/** What was said to challenges of one request. */
interface Round {
  run: AuthRun;
  /** Fields of the next request, after a challenge. */
  say?: HeaderList;
  /** The challenges so far. */
  challenges: Answer[];
}

/** One request to an HTTP proxy: CONNECT for https and tunnels, absolute form for http. */
async function ask(line: Line, round: Round, trip: Trip): Promise<Asked> {
  const { run, say, challenges } = round;
  const { request, troubled, init, tools } = trip;
  const { url } = request;
  const { host, port } = targetOf(url);
  const { connect, request: habits } = init.dialect;
  const tunnel = needsTunnel(connect, url) || request.tunnelOnly;
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const target = tunnel ? authority : `${url.protocol}//${url.host}${originForm(url)}`;
  const method = tunnel ? 'CONNECT' : request.method;
  const own = tunnel ? connect.headers(host, port) : request.headers;
  const wire = { method, target, headers: [...own, ...(say ?? run.first({ method, target }))] };
  const body = tunnel || request.body === undefined ? {} : { body: request.body };
  const limit = tunnel ? connect.tunnelTimeout : habits.answerTimeout;
  const timeout = Math.min(limit ?? Infinity, remaining(request.deadline, tools));
  const largestHead = headLeft(connect, tunnel ? challenges : []);
  const largest = largestHead === undefined ? {} : { largestHead };
  const { statusLine, firstHead, interimEnds } = tunnel ? connect : {};
  const limits = { timeout, clock: tools.clock, statusLine, firstHead, interimEnds, ...largest };
  const outcome = await exchange(line.stream, { ...wire, ...body }, limits);
  const where = tunnel ? 'tunnel' : 'forward';
  if (!outcome.ok) {
    // TCP: to close with bytes unread is to reset.
    if (outcome.failure.code === 'http.too-large') line.connection.reset();
    return { answer: null, trouble: troubled(outcome.failure, { where, during: 'http' }) };
  }
  const answer = outcome.value;
  const refused = (): Trouble => ({
    ...refusal(answer, where, troubled),
    ...(tunnel && isCutOff(connect, answer) && { partial: true }),
  });
  if (answer.status === 407) {
    const closed = closesAfter(answer);
    const reply = run.reply({ headers: answer.headers, closed }, { method, target });
    challenges.push(answer);
    if ('say' in reply) return { again: reply.say, closed };
    const ownError = reply.giveUp === 'loop' && init.dialect.auth.longest !== undefined;
    const trouble = { ...refused(), auth: reply.giveUp };
    return { answer: tunnel || ownError ? null : answer, trouble };
  }
  run.passed();
  if (!tunnel) return finished(answer, troubled);
  if (!opensTunnel(connect, answer.status)) return { answer: null, trouble: refused() };
  const early = takeEarly(connect, line.stream);
  if (!early.ok) return { answer: null, trouble: troubled(early.failure, { where, during: 'http' }) };
  return beyond(line, trip);
}

/** Behind a tunnel, or without a proxy: TLS where the URL asks for it, then the request itself. */
async function beyond(line: Line, { request, troubled, init, tools }: Trip): Promise<Done> {
  return request.tunnelOnly ? { answer: null, trouble: null } : atOrigin(line, request, troubled, init, tools);
}

const finished = (answer: Answer, troubled: Troubled): Done =>
  answer.complete ? { answer, trouble: null } : cutShort(answer, 'forward', troubled);

/** A proxy's own answer that is a refusal: 407, or any status to CONNECT that is not 2xx. */
function refusal({ status, reason, headers }: Answer, where: 'tunnel' | 'forward', troubled: Troubled): Trouble {
  const schemes = headers
    .filter(([name]) => name.toLowerCase() === 'proxy-authenticate')
    .map(([, value]) => value.split(' ')[0] ?? '');
  const { failure } = fail(status === 407 ? 'proxy.auth' : 'proxy.status', `${status} ${reason}`);
  return { ...troubled(failure, { where, during: 'http' }), status, reason, schemes };
}
