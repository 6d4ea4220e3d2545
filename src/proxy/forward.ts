/**
 * Plain HTTP: one request to its destination and the answer back, byte for byte where HTTP allows it.
 *
 * Not carried on: hop-by-hop fields, those that `Connection` names, and trailers (RFC 9110 section 6.5.1 lets an
 * intermediary drop them). `Expect: 100-continue` is answered here, once, when the destination stands.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ok } from '../failure.ts';
import type { Failure, Outcome } from '../failure.ts';
import type { HeaderList } from '../trace/events.ts';
import { finish, unreachable, writeAnswered, writeFailed } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { behindStage, passBody, unlessLeft } from './body.ts';
import { cleanReason, endToEnd, listOf, pairsOf, rawOf, valueOf } from './headers.ts';
import { launch } from './launch.ts';
import { answerAsLast, oneHopLess } from './max-forwards.ts';
import { AnswerTimeout, failureOf, wrongAnswer } from './origin-answer.ts';
import type { Authority, ProxyRequest } from './request.ts';
import type { Shape, Wire } from './shape.ts';
import { flushed, reset } from './tunnel.ts';
import { dial } from './upstream.ts';
import type { Upstream } from './upstream.ts';
import { refuseLoop, withVia } from './via.ts';

/** A request as node:http parsed it, with the answer that waits for it. */
export interface Message {
  request: IncomingMessage;
  response: ServerResponse;
  /** Settles when the answer is sent, or can no longer be. */
  closed: Promise<void>;
  /** The client waits for 100 before it sends the body. */
  expectsContinue: boolean;
  /** The body, when somebody has read it already. */
  kept?: Buffer;
}

/** More than any credentials are computed over in practice. */
const keptBody = 16 * 1024 * 1024;

/** Reads the whole body, for those who must know it before it may go on; undefined when it is too large. */
export async function keepBody(message: Message): Promise<Buffer | undefined> {
  if (message.kept) return message.kept;
  if (Number(message.request.headers['content-length'] ?? 0) > keptBody) return undefined;
  if (message.expectsContinue) message.response.writeContinue();
  message.expectsContinue = false;
  const chunks: Buffer[] = [];
  let length = 0;
  message.request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= keptBody) chunks.push(chunk);
  });
  await new Promise((resolve) => message.request.once('end', resolve).once('close', resolve));
  message.kept = Buffer.concat(chunks);
  return length <= keptBody ? message.kept : undefined;
}

/** RFC 9110 section 9.2.2: what a proxy may send a second time by itself. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export async function forward(exchange: Exchange, message: Message, shape: Shape = {}): Promise<void> {
  const refusal = refuseLoop(exchange) ?? answerAsLast(exchange);
  if (refusal) return refusal;
  const { leg } = exchange;
  const upstream = pooled(exchange, shape) ?? (await dialFor(exchange, shape));
  if (!upstream.ok) return unreachable(exchange, upstream.failure);
  if (leg.stream.destroyed) {
    upstream.value.stream.destroy();
    return;
  }
  if (message.expectsContinue) message.response.writeContinue();
  message.expectsContinue = false;
  carry(exchange, message, upstream.value, shape);
  await message.closed;
}

function carry(exchange: Exchange, message: Message, upstream: Upstream, shape: Shape): void {
  const { leg, request, context } = exchange;
  const { response } = message;
  const pool = leg.inside?.pool ?? context.pool;
  const next = nextOf(exchange, shape);
  const body = hasBody(request);
  let over = false;
  let answered: IncomingMessage | undefined;
  const failed = (error: Error): void => {
    upstream.stream.destroy();
    // What follows a whole answer unasked, such as the body of a 204, is not the client's business.
    if (over || answered?.complete) return;
    over = true;
    if (response.closed || leg.stream.destroyed) return;
    // A stream from the pool may have been closed by its peer meanwhile; that says nothing about the destination.
    const harmless = idempotent.has(request.method) && !body && !response.headersSent;
    if (upstream.reused && harmless) void again(exchange, message, shape);
    else broken(exchange, message, failureOf(error, upstream.connection));
  };
  const spoiled =
    shape.up && body && !message.kept
      ? shape.up(announcing(wireOf(exchange, upstream), () => (over = true)))
      : undefined;
  const sent = launch(
    {
      client: spoiled ? message.request.pipe(spoiled) : message.request,
      response,
      stream: upstream.stream,
      method: request.method,
      path: next ? request.target : request.path,
      headers: onward(exchange),
      body: message.kept ?? body,
    },
    failed,
  );
  if (spoiled) behindStage(sent, spoiled);
  const { answerLimit } = shape;
  let callOff: (() => void) | undefined;
  if (answerLimit !== undefined) {
    callOff = context.clock.after(answerLimit, () => failed(new AnswerTimeout(`no answer within ${answerLimit} ms`)));
    sent.once('response', callOff);
  }
  pool.lend(next ?? request, upstream);
  response.once('close', () => {
    callOff?.();
    if (!response.writableFinished) sent.destroy();
    else if (!sent.writableEnded) unlessLeft(leg.stream, sent);
    else if (!sent.shouldKeepAlive) upstream.stream.destroy();
  });
  sent.on('information', (interim) => passInterim(exchange, interim));
  sent.on('response', (answer) => {
    const wrong = wrongAnswer(answer);
    if (wrong !== undefined) return failed(new Error(wrong));
    answered = answer;
    void passAnswer(exchange, message, answer, upstream, shape);
  });
  // 101 to a request that asked for none.
  sent.on('upgrade', () => failed(new Error('the destination switched protocols unasked')));
}

async function again(exchange: Exchange, message: Message, shape: Shape): Promise<void> {
  const fresh = await dialFor(exchange, shape);
  if (fresh.ok) carry(exchange, message, fresh.value, shape);
  else await unreachable(exchange, fresh.failure);
}

/** What goes on to the destination: Host from the URL, framing as it came. */
function onward({ request, context, leg }: Exchange): HeaderList {
  const headers = oneHopLess(request, endToEnd(request.headers, replaced));
  headers.unshift(['Host', request.authority]);
  const passed = leg.inside ? headers : withVia(headers, request.version, context);
  if (listOf(request.headers, 'transfer-encoding').length > 0) passed.push(['Transfer-Encoding', 'chunked']);
  return passed;
}

const replaced = ['host', 'expect'];

function pooled(exchange: Exchange, shape: Shape): Outcome<Upstream> | undefined {
  const { leg, context, request } = exchange;
  const upstream = (leg.inside?.pool ?? context.pool).take(nextOf(exchange, shape) ?? request);
  return upstream && ok(upstream);
}

const dialFor = (exchange: Exchange, shape: Shape): Promise<Outcome<Upstream>> =>
  exchange.leg.inside?.dial() ?? dial(exchange.context, nextOf(exchange, shape) ?? exchange.request);

/** The proxy that a request outside of tunnels goes to, when there is one. */
const nextOf = ({ leg, context }: Exchange, { through }: Shape): Authority | undefined =>
  leg.inside ? undefined : (through ?? context.upstream);

const hasBody = ({ headers }: ProxyRequest): boolean =>
  valueOf(headers, 'transfer-encoding') !== undefined || valueOf(headers, 'content-length') !== undefined;

async function passAnswer(
  exchange: Exchange,
  { response }: Message,
  answer: IncomingMessage,
  upstream: Upstream,
  shape: Shape,
): Promise<void> {
  const { context, leg } = exchange;
  // An answer that stops early must look like that: `end` would write the last chunk, FIN may mean the end of a body.
  answer.once('error', (error) => {
    if (response.closed || leg.stream.destroyed) return;
    writeFailed(exchange, failureOf(error, upstream.connection));
    reset(leg);
  });
  const stage = shape.down?.(wireOf(exchange, upstream));
  // At once: what is late is late by its own arrival, and not by that of the head.
  if (stage) answer.pipe(stage);
  if (shape.answering) await shape.answering();
  if (leg.stream.destroyed) return void stage?.destroy();
  const headers = endToEnd(pairsOf(answer.rawHeaders));
  const head = {
    status: answer.statusCode ?? 502,
    reason: cleanReason(answer.statusMessage ?? ''),
    headers: leg.inside ? headers : withVia(headers, answer.httpVersion, context),
  };
  writeAnswered(exchange, head);
  response.sendDate = false;
  response.writeHead(head.status, head.reason, rawOf(head.headers));
  if (stage) stage.pipe(response).once('close', () => stage.destroy());
  else passBody(answer, response, headers);
}

/** The way of one answer: cut in the middle of its body, or left without an end. */
const wireOf = ({ leg }: Exchange, upstream: Upstream): Wire => ({
  cut(how) {
    if (leg.stream.destroyed) return;
    if (how === 'rst') flushed(leg.stream, () => reset(leg));
    else finish(leg);
    upstream.stream.destroy();
  },
  silence: () => upstream.stream.pause(),
});

/** The same, for whoever must know before it is cut. */
const announcing = ({ silence, cut }: Wire, cutting: () => void): Wire => ({
  silence,
  cut(how) {
    cutting();
    cut(how);
  },
});

/** 100 has been said; 101 is not for us; HTTP/1.0 knows none of them. */
function passInterim(
  { leg, request }: Exchange,
  { statusCode, statusMessage, rawHeaders }: { statusCode: number; statusMessage: string; rawHeaders: string[] },
): void {
  if (statusCode === 100 || request.version === '1.0') return;
  const lines = endToEnd(pairsOf(rawHeaders)).map(([name, value]) => `${name}: ${value}\r\n`);
  leg.stream.write(`HTTP/1.1 ${statusCode} ${cleanReason(statusMessage)}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** The destination broke off: a 502 while that can still be said. */
function broken(exchange: Exchange, { response }: Message, failure: Failure): void {
  if (!response.headersSent) {
    void unreachable(exchange, failure);
    return;
  }
  writeFailed(exchange, failure);
  reset(exchange.leg);
}
