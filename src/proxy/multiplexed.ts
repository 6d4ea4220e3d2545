/**
 * HTTP/2 inside an intercepted tunnel (RFC 9113). Each stream of the client is an exchange of its own and goes on to
 * the destination in HTTP/1.1, as through an inspector that speaks HTTP/2 to clients only. Trailers are dropped, and
 * CONNECT is refused, as everywhere inside.
 */
import { constants, createServer } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { Readable } from 'node:stream';

import { fail } from '../failure.ts';
import type { Failure } from '../failure.ts';
import type { HeaderList } from '../trace/events.ts';
import { behindStage, unlessLeft } from './body.ts';
import type { Leg, ProxyContext } from './context.ts';
import { unreachable, writeAnswered, writeFailed } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { endToEnd, pairsOf, valueOf } from './headers.ts';
import { launch } from './launch.ts';
import { wrongAnswer } from './origin-answer.ts';
import type { ProxyRequest, RequestHead } from './request.ts';
import type { Shape, Wire } from './shape.ts';
import type { Upstream } from './upstream.ts';

type Serve = (leg: Leg, head: RequestHead, stream: ServerHttp2Stream) => Promise<void>;

/** Whether a client chose HTTP/2 in its handshake. */
export const speaksHttp2 = ({ stream }: Leg): boolean => (stream as { alpnProtocol?: unknown }).alpnProtocol === 'h2';

/** Serves every stream of one connection. node:http2 is the parser; it never listens, and has no timer of its own. */
export function serveHttp2(leg: Leg, serve: Serve): void {
  const server = createServer();
  const take = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]): void => {
    stream.on('error', () => undefined);
    void serve(leg, headOf(headers, raw), stream);
  };
  server.on('stream', take);
  server.on('sessionError', () => leg.stream.destroy());
  server.emit('connection', bare(leg.stream));
}

/** node:http2 would take hold of a TLS socket's handle, and one over a stream of ours then stands still. */
function bare(stream: Duplex): Duplex {
  const wrapped = new Duplex({
    read: () => void stream.resume(),
    write: (chunk, _encoding, done) => void stream.write(chunk, done),
    final: (done) => void stream.end(done),
    destroy(error, done) {
      stream.destroy();
      done(error);
    },
  });
  stream.on('data', (chunk) => {
    if (!wrapped.push(chunk)) stream.pause();
  });
  stream.once('end', () => wrapped.push(null)).once('close', () => wrapped.destroy());
  return wrapped;
}

/** The head as HTTP/1.1 would have it: the pseudo-fields become request line and Host. */
function headOf(
  pseudo: IncomingHttpHeaders & { ':authority'?: string | undefined },
  raw: readonly string[],
): RequestHead {
  const method = pseudo[':method'] ?? '';
  const fields = pairsOf(raw).filter(([name]) => !name.startsWith(':'));
  const authority = pseudo[':authority'];
  return {
    kind: method === 'CONNECT' ? 'connect' : 'forward',
    method,
    target: pseudo[':path'] ?? '',
    version: '1.1',
    headers: authority === undefined ? fields : [['Host', authority], ...fields.filter(([name]) => name !== 'host')],
  };
}

export function http2Exchange(
  context: ProxyContext,
  leg: Leg,
  request: ProxyRequest,
  stream: ServerHttp2Stream,
): Exchange {
  const exchange: Exchange = {
    context,
    leg,
    request,
    forward: (shape = {}) => forward(exchange, stream, shape),
    open: () => Promise.resolve(undefined),
    body: () => Promise.resolve(undefined),
    answer({ status, reason = '', headers = [], body = '', close }) {
      const kept = endToEnd(headers);
      writeAnswered(exchange, { status, reason, headers: kept });
      respond(stream, status, kept, body === '' ? 'nothing' : 'body');
      if (body !== '' && stream.writable) stream.end(body);
      if (close === true) stream.session?.close();
      return Promise.resolve();
    },
  };
  return exchange;
}

async function forward(exchange: Exchange, stream: ServerHttp2Stream, shape: Shape): Promise<void> {
  const { request, leg } = exchange;
  const pool = leg.inside?.pool;
  const kept = pool?.take(request);
  const upstream = kept ? { ok: true as const, value: kept } : await (leg.inside?.dial() ?? fail('tcp.closed', ''));
  if (!upstream.ok) return unreachable(exchange, upstream.failure);
  if (stream.destroyed) return void upstream.value.stream.destroy();
  if (valueOf(request.headers, 'expect')?.toLowerCase() === '100-continue')
    stream.additionalHeaders({ ':status': 100 });
  await carry(exchange, stream, upstream.value, shape);
}

function carry(exchange: Exchange, stream: ServerHttp2Stream, upstream: Upstream, shape: Shape): Promise<void> {
  const { request, leg } = exchange;
  const failed = (error: Error): void => {
    upstream.stream.destroy();
    if (stream.destroyed) return;
    if (stream.headersSent) breakOff(exchange, stream, failureOf(error));
    else void unreachable(exchange, failureOf(error));
  };
  const spoiled = stream.endAfterHeaders ? undefined : shape.up?.(wireOf(stream, stream));
  const sent = launch(
    {
      client: spoiled ? stream.pipe(spoiled) : stream,
      response: stream,
      stream: upstream.stream,
      method: request.method,
      path: request.path,
      headers: onward(exchange, stream),
      body: !stream.endAfterHeaders,
    },
    failed,
  );
  if (spoiled) behindStage(sent, spoiled);
  leg.inside?.pool.lend(request, upstream);
  sent.on('information', ({ statusCode, rawHeaders }) => {
    if (statusCode === 100 || stream.destroyed || stream.headersSent) return;
    stream.additionalHeaders({ ...fieldsOf(endToEnd(pairsOf(rawHeaders))), ':status': statusCode });
  });
  sent.on('response', (answer) => {
    const wrong = wrongAnswer(answer);
    if (wrong === undefined) void passAnswer(exchange, stream, answer, shape);
    else failed(new Error(wrong));
  });
  sent.on('upgrade', () => failed(new Error('the destination switched protocols unasked')));
  return new Promise((resolve) =>
    stream.once('close', () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.writableFinished) sent.destroy();
      else if (!sent.writableEnded) unlessLeft(stream, sent);
      else if (!sent.shouldKeepAlive) upstream.stream.destroy();
      resolve();
    }),
  );
}

/** What goes on: HTTP/2 has no framing fields, so a body of unknown length is sent in chunks. */
function onward({ request }: Exchange, stream: ServerHttp2Stream): HeaderList {
  const fields = endToEnd(request.headers).filter(([name]) => name.toLowerCase() !== 'expect');
  const counted = valueOf(fields, 'content-length') !== undefined;
  return stream.endAfterHeaders || counted ? fields : [...fields, ['Transfer-Encoding', 'chunked']];
}

async function passAnswer(
  exchange: Exchange,
  stream: ServerHttp2Stream,
  answer: IncomingMessage,
  shape: Shape,
): Promise<void> {
  answer.once('error', (error) => breakOff(exchange, stream, failureOf(error)));
  const bodiless = exchange.request.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
  const stage = bodiless ? undefined : shape.down?.(wireOf(stream, answer));
  if (stage) answer.pipe(stage);
  await shape.answering?.();
  if (stream.destroyed) return void stage?.destroy();
  const headers = endToEnd(pairsOf(answer.rawHeaders));
  const status = answer.statusCode ?? 502;
  writeAnswered(exchange, { status, reason: answer.statusMessage ?? '', headers });
  respond(stream, status, headers, bodiless ? 'nothing' : 'body');
  if (bodiless) answer.resume();
  else if (stage) stage.pipe(stream).once('close', () => stage.destroy());
  else answer.pipe(stream);
}

const wireOf = (stream: ServerHttp2Stream, from: Readable): Wire => ({
  cut: () => void stream.destroy(new Error('cut')),
  silence: () => void from.pause(),
});

/** Half an answer must not look like a whole one: RST_STREAM, and the connection lives on. */
function breakOff(exchange: Exchange, stream: ServerHttp2Stream, failure: Failure): void {
  if (stream.destroyed) return;
  writeFailed(exchange, failure);
  // `close` would end the stream before it resets it, and half an answer without a length would be a whole one.
  stream.destroy(new Error(failure.detail));
}

function respond(stream: ServerHttp2Stream, status: number, headers: HeaderList, what: 'nothing' | 'body'): void {
  if (stream.destroyed || stream.headersSent) return;
  try {
    // Missing from the types.
    const asItCame = { endStream: what === 'nothing', sendDate: false };
    stream.respond({ ...fieldsOf(headers), ':status': status }, asItCame);
  } catch {
    // Fields that HTTP/2 cannot carry, such as a second Content-Type.
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}

/** RFC 9113 section 8.2.1: names in lower case. Repeated fields stay repeated. */
function fieldsOf(headers: HeaderList): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = fields[key];
    fields[key] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

const failureOf = (error: NodeJS.ErrnoException): Failure =>
  error.code?.startsWith('HPE_')
    ? { code: 'http.malformed', detail: `the answer is not HTTP: ${error.message}` }
    : { code: 'tcp.closed', detail: 'the destination closed before its answer was complete' };
