/**
 * Plain HTTP: one request to its destination and the answer back, byte for byte where HTTP allows it.
 *
 * Not carried on: hop-by-hop fields, those that `Connection` names, and trailers (RFC 9110 section 6.5.1 lets an
 * intermediary drop them). `Expect: 100-continue` is answered here, once, when the destination stands.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ok } from '../failure.ts';
import type { Failure, Outcome } from '../failure.ts';
import { tlsFailure } from '../net/tls.ts';
import type { HeaderList } from '../trace/events.ts';
import { unreachable, writeAnswered, writeFailed } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { cleanReason, endToEnd, listOf, pairsOf, valueOf } from './headers.ts';
import { launch } from './launch.ts';
import type { ProxyRequest } from './request.ts';
import { reset } from './tunnel.ts';
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

export async function forward(exchange: Exchange, message: Message): Promise<void> {
  if (await refuseLoop(exchange)) return;
  const { leg } = exchange;
  const upstream = await reach(exchange);
  if (!upstream.ok) return unreachable(exchange, upstream.failure);
  if (leg.stream.destroyed) {
    upstream.value.stream.destroy();
    return;
  }
  if (message.expectsContinue) message.response.writeContinue();
  message.expectsContinue = false;
  carry(exchange, message, upstream.value);
  await message.closed;
}

function carry(exchange: Exchange, message: Message, upstream: Upstream): void {
  const { leg, request, context } = exchange;
  const { response } = message;
  const pool = leg.inside?.pool ?? context.pool;
  const body = hasBody(request);
  const failed = (error: Error): void => {
    upstream.stream.destroy();
    if (response.closed || leg.stream.destroyed) return;
    // A stream from the pool may have been closed by its peer meanwhile; that says nothing about the destination.
    const harmless = idempotent.has(request.method) && !body && !response.headersSent;
    if (upstream.reused && harmless) void again(exchange, message);
    else broken(exchange, message, failureOf(error, upstream));
  };
  const sent = launch(
    {
      client: message.request,
      response,
      stream: upstream.stream,
      method: request.method,
      path: request.path,
      headers: onward(exchange),
      body: message.kept ?? body,
    },
    failed,
  );
  upstream.stream.once('free', () => pool.keep(request, upstream));
  response.once('close', () => {
    if (!response.writableFinished) sent.destroy();
    else if (!sent.shouldKeepAlive) upstream.stream.destroy();
  });
  sent.on('information', (interim) => passInterim(exchange, interim));
  sent.on('response', (answer) => passAnswer(exchange, message, answer, upstream));
  // 101 to a request that asked for none.
  sent.on('upgrade', () => failed(new Error('the destination switched protocols unasked')));
}

async function again(exchange: Exchange, message: Message): Promise<void> {
  const fresh = await dialFor(exchange);
  if (fresh.ok) carry(exchange, message, fresh.value);
  else await unreachable(exchange, fresh.failure);
}

/** What goes on to the destination: Host from the URL, framing as it came. */
function onward({ request, context, leg }: Exchange): HeaderList {
  const rest = endToEnd(request.headers).filter(([name]) => !['host', 'expect'].includes(name.toLowerCase()));
  const chunked = listOf(request.headers, 'transfer-encoding').length > 0;
  const framing: HeaderList = chunked ? [['Transfer-Encoding', 'chunked']] : [];
  const headers: HeaderList = [['Host', request.authority], ...rest];
  return [...(leg.inside ? headers : withVia(headers, request.version, context)), ...framing];
}

/** A pooled stream, or a fresh one. */
async function reach(exchange: Exchange): Promise<Outcome<Upstream>> {
  const { leg, context, request } = exchange;
  const pooled = (leg.inside?.pool ?? context.pool).take(request);
  return pooled ? ok(pooled) : dialFor(exchange);
}

const dialFor = ({ leg, context, request }: Exchange): Promise<Outcome<Upstream>> =>
  leg.inside?.dial() ?? dial(context, request);

const hasBody = ({ headers }: ProxyRequest): boolean =>
  valueOf(headers, 'transfer-encoding') !== undefined || valueOf(headers, 'content-length') !== undefined;

function passAnswer(exchange: Exchange, { response }: Message, answer: IncomingMessage, upstream: Upstream): void {
  const { context, leg } = exchange;
  const headers = endToEnd(pairsOf(answer.rawHeaders));
  const head = {
    status: answer.statusCode ?? 502,
    reason: cleanReason(answer.statusMessage ?? ''),
    headers: leg.inside ? headers : withVia(headers, answer.httpVersion, context),
  };
  writeAnswered(exchange, head);
  response.sendDate = false;
  response.writeHead(head.status, head.reason, head.headers.flat());
  // An answer that stops early must look like that: `end` would write the last chunk, FIN may mean the end of a body.
  const cut = (error: Error): void => {
    if (response.closed || leg.stream.destroyed) return;
    writeFailed(exchange, failureOf(error, upstream));
    reset(leg);
  };
  answer.once('error', cut);
  answer.pipe(response);
}

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

function failureOf(error: Error, { connection }: Upstream): Failure {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) return { code: 'http.malformed', detail: `the answer is not HTTP: ${error.message}` };
  // Under TLS 1.3 an origin says only now that it wants a client certificate.
  if (code.startsWith('ERR_SSL')) return tlsFailure(error);
  if (connection.errored) return { code: 'tcp.reset', detail: 'the destination reset the connection' };
  if (code === 'ECONNRESET')
    return { code: 'tcp.closed', detail: 'the destination closed before its answer was complete' };
  return { code: 'http.malformed', detail: error.message };
}
