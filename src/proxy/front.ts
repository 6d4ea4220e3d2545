/** node:http as the parser of what clients send: never listening, without a timer of its own. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import { readConnectHead } from './connect-head.ts';
import type { Leg } from './context.ts';
import type { Message } from './forward.ts';
import { pairsOf } from './headers.ts';
import type { RequestHead } from './request.ts';
import { reset } from './tunnel.ts';

export interface FrontHandlers {
  plain: (leg: Leg, head: RequestHead, message: Message) => Promise<void>;
  raw: (leg: Leg, head: RequestHead, raw: { early: Buffer; handBack: () => void }) => Promise<void>;
  /** What came is no request; nothing that follows on this connection can be one. */
  unreadable: (leg: Leg, error: NodeJS.ErrnoException) => void;
}

export interface Front {
  /** Serves HTTP on a client's stream. */
  enter: (leg: Leg) => void;
}

/** A leg at work. */
interface Seat {
  leg: Leg;
  /** Settles when the requests so far have been answered. */
  turn: Promise<void>;
  serving: IncomingMessage | undefined;
  /** The parser has given up; a request whose body it did not finish will not be served. */
  broken: boolean;
  /** Listeners that were there before node:http came. */
  before: ReadonlySet<unknown>;
}

const left = ['pause', 'resume'] as const;
const none: ReadonlySet<unknown> = new Set();

/** `headerLimit` in bytes; node:http answers nothing by itself: 431 and 400 go through `unreadable`. */
export function createFront(headerLimit: number, handlers: FrontHandlers): Front {
  const seats = new WeakMap<Duplex, Seat>();
  const server = createServer({
    maxHeaderSize: headerLimit,
    requireHostHeader: false,
    insecureHTTPParser: false,
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  });
  server.timeout = 0;
  server.maxHeadersCount = 0;
  // The parser reads only streams that were entered, so there is always a seat.
  const seatOf = (stream: Duplex): Seat => seats.get(stream) as Seat;
  const plain = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const seat = seatOf(request.socket);
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const message = { request, response, closed, expectsContinue };
    inTurn(seat, request, () => handlers.plain(seat.leg, headOf(request, 'forward'), message));
  };
  const raw = (kind: 'connect' | 'upgrade') => (request: IncomingMessage, stream: Duplex, early: Buffer) => {
    const seat = seatOf(stream);
    release(seat);
    const handBack = (): void => void server.emit('connection', stream);
    inTurn(seat, request, () => handlers.raw(seat.leg, headOf(request, kind), { early, handBack }));
  };
  server.on('request', plain(false));
  server.on('checkContinue', plain(true));
  // RFC 9110 section 10.1.1: an expectation other than 100-continue may be treated as if it were not there.
  server.on('checkExpectation', plain(false));
  server.on('connect', raw('connect'));
  server.on('upgrade', raw('upgrade'));
  server.on('clientError', (error, stream) => giveUp(seatOf(stream), error, handlers));
  /** Gives a stream to node:http, once the requests so far have been answered. */
  const seat = (leg: Leg, turn: Promise<void> = Promise.resolve()): void => {
    const others = left.some((event) => leg.stream.listenerCount(event) > 0);
    const before = others ? new Set(left.flatMap((event): unknown[] => leg.stream.rawListeners(event))) : none;
    seats.set(leg.stream, { leg, turn, serving: undefined, broken: false, before });
    server.emit('connection', leg.stream);
  };
  const begin = (leg: Leg, bytes: Buffer | undefined): void => {
    const read = bytes && readConnectHead(bytes, headerLimit);
    if (!read) {
      seat(leg);
      if (bytes) leg.stream.unshift(bytes);
      return;
    }
    const turn: Promise<void> = handlers.raw(leg, read.head, {
      early: bytes.subarray(read.length),
      handBack: () => void Promise.resolve().then(() => seat(leg, turn)),
    });
  };
  return {
    enter(leg) {
      if (leg.stream === leg.connection) leg.connection.first((bytes) => begin(leg, bytes));
      else seat(leg);
    },
  };
}

/** node:http takes its listeners with it when it gives a stream away, except two; they would pile up leg by leg. */
function release({ leg: { stream }, before }: Seat): void {
  for (const event of left) {
    if (before === none) {
      stream.removeAllListeners(event);
      continue;
    }
    // Listeners of node:http, which take no arguments.
    for (const listener of stream.rawListeners(event) as (() => void)[]) {
      if (!before.has(listener)) stream.removeListener(event, listener);
    }
  }
}

/** Requests of one connection are served one after another: the order of answers and of events is theirs. */
function inTurn(seat: Seat, request: IncomingMessage, serve: () => Promise<void>): void {
  seat.turn = seat.turn.then(async () => {
    const { stream } = seat.leg;
    // The last answer of a connection has been given; RFC 9112 section 9.6 forbids to look at what follows.
    if (stream.destroyed || stream.writableEnded || (seat.broken && !request.complete)) return;
    seat.serving = request;
    await serve();
    seat.serving = undefined;
  });
}

/** What came before is still answered; a body that broke off while it was passed on can only be reset. */
function giveUp(seat: Seat, error: NodeJS.ErrnoException, { unreadable }: FrontHandlers): void {
  const { leg, serving } = seat;
  if (seat.broken) return;
  seat.broken = true;
  // Else node:http would read on, and complain with every further byte.
  leg.stream.removeAllListeners('data').resume();
  if (!leg.stream.writable || (serving && !serving.complete)) reset(leg);
  else seat.turn = seat.turn.then(() => unreadable(leg, error));
}

const headOf = (request: IncomingMessage, kind: RequestHead['kind']): RequestHead => ({
  kind,
  method: request.method ?? '',
  target: request.url ?? '',
  version: request.httpVersion,
  headers: pairsOf(request.rawHeaders),
});
