/**
 * The client's side of one HTTP exchange on a stream that somebody else opened: a connection, or TLS on one. Nothing is
 * added but Content-Length, nothing is followed, nothing is kept. Own parser: `node:http` hides raw bytes, refuses
 * what clients of the pretend world take, and cannot hand a tunnel back.
 */
import type { Duplex } from 'node:stream';

import type { Clock } from '../clock.ts';
import { fail } from '../failure.ts';
import type { Failure, Outcome } from '../failure.ts';
import { tlsFailure } from '../net/tls.ts';
import type { HeaderList } from '../trace/events.ts';
import { headerOf } from './body.ts';
import { ResponseReader } from './response.ts';
import type { Answer, LenientReader } from './response.ts';

export interface HttpRequest {
  method: string;
  /** As it goes on the wire: `/path`, `http://host/path` or `host:port`. */
  target: string;
  /** All of them, Host too, in the order and case in which they go out. */
  headers: HeaderList;
  body?: string | Uint8Array;
  /** FIN follows the request at once: nothing more will come, and the answer is still wanted. */
  ends?: boolean;
}

export interface ExchangeLimits {
  /** Milliseconds of lab time from the request to the end of the answer; Infinity: none. */
  timeout: number;
  clock: Clock;
  /** Largest header section and body, in bytes. */
  largestHead?: number;
  largestBody?: number;
  /** What is taken for a status line beside those of RFC 9112. */
  statusLine?: LenientReader | undefined;
  /** See `ReaderOptions`. */
  firstHead?: boolean | undefined;
  interimEnds?: boolean | undefined;
}

const usualHead = 256 * 1024;
const usualBody = 64 * 1024 * 1024;

/** Sends the request and reads the answer to its end. An answer cut short is an answer with `complete: false`. */
export const exchange = (stream: Duplex, request: HttpRequest, limits: ExchangeLimits): Promise<Outcome<Answer>> =>
  converse(stream, request, limits);

/**
 * Asks a proxy for a tunnel. After any 2xx the stream is the tunnel, paused: what came behind the head is in it. Any
 * other answer is read to its end, so that the connection can carry a next request.
 */
export const connectTunnel = (
  stream: Duplex,
  { authority, headers }: { authority: string; headers: HeaderList },
  limits: ExchangeLimits,
): Promise<Outcome<Answer>> => exchange(stream, { method: 'CONNECT', target: authority, headers }, limits);

function requestBytes({ method, target, headers, body }: HttpRequest): Buffer {
  const content = Buffer.from(body ?? '');
  const framed = headerOf(headers, 'content-length') ?? headerOf(headers, 'transfer-encoding');
  const length: HeaderList =
    body === undefined || framed !== undefined ? [] : [['Content-Length', String(content.length)]];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...[...headers, ...length].map(([name, value]) => `${name}: ${value}`),
  ];
  const broken = lines.find((line) => /[\r\n]/.test(line));
  if (broken !== undefined) throw new Error(`a line of the request has a line break: ${JSON.stringify(broken)}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), content]);
}

function converse(
  stream: Duplex,
  request: HttpRequest,
  { timeout, clock, largestHead = usualHead, largestBody = usualBody, ...lenience }: ExchangeLimits,
): Promise<Outcome<Answer>> {
  const bytes = requestBytes(request);
  if (stream.destroyed || stream.readableEnded)
    return Promise.resolve({ ok: false, failure: failureOf(stream.errored) });
  const reader = new ResponseReader({ method: request.method, largestHead, largestBody, ...lenience });
  return new Promise((resolve) => {
    const settle = (outcome: Outcome<Answer>): void => {
      for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener);
      callOff?.();
      stream.pause();
      if (reader.rest.length > 0 && !stream.destroyed) stream.unshift(reader.rest);
      resolve(outcome);
    };
    const listeners = {
      data(piece: Buffer): void {
        const outcome = reader.feed(piece);
        if (outcome) settle(outcome);
      },
      end(): void {
        settle(reader.end());
      },
      error(error: Error): void {
        settle({ ok: false, failure: failureOf(error) });
      },
      close(): void {
        settle({ ok: false, failure: failureOf(stream.errored) });
      },
    };
    const callOff = Number.isFinite(timeout)
      ? clock.after(timeout, () => settle(fail('http.timeout', `no complete answer within ${timeout / 1000} s`)))
      : undefined;
    for (const [event, listener] of Object.entries(listeners)) stream.on(event, listener);
    if (request.ends) stream.end(bytes);
    else stream.write(bytes);
    stream.resume();
  });
}

/** An error of a connection or of a TLS socket; without one, the connection just went away. */
const failureOf = (error: Error | null): Failure =>
  error ? tlsFailure(error) : { code: 'tcp.closed', detail: 'the peer closed without an answer' };
