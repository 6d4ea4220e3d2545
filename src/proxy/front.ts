/** node:http as the parser of what clients send: never listening, without a timer of its own. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Leg } from './context.ts';
import type { Message } from './forward.ts';
import { pairsOf } from './headers.ts';
import type { RequestHead } from './request.ts';

export interface FrontHandlers {
  plain: (leg: Leg, head: RequestHead, message: Message) => Promise<void>;
  raw: (leg: Leg, head: RequestHead, raw: { early: Buffer; handBack: () => void }) => Promise<void>;
  /** What came is no request. */
  unreadable: (leg: Leg, error: NodeJS.ErrnoException) => void;
}

export interface Front {
  /** Serves HTTP on a client's stream. */
  enter: (leg: Leg) => void;
}

/** `headerLimit` in bytes; node:http answers nothing by itself except 431 and 400, which go through `unreadable`. */
export function createFront(headerLimit: number, handlers: FrontHandlers): Front {
  const legs = new WeakMap<Duplex, Leg>();
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
  // The parser belongs to a stream that was entered, so its leg is always known.
  const legOf = (stream: Duplex): Leg => legs.get(stream) as Leg;
  const plain = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    const leg = legOf(request.socket);
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const message = { request, response, closed, expectsContinue };
    inTurn(leg, () => handlers.plain(leg, headOf(request, 'forward'), message));
  };
  const raw = (kind: 'connect' | 'upgrade') => (request: IncomingMessage, stream: Duplex, early: Buffer) => {
    const leg = legOf(stream);
    const handBack = (): void => void server.emit('connection', stream);
    inTurn(leg, () => handlers.raw(leg, headOf(request, kind), { early, handBack }));
  };
  server.on('request', (request, response) => plain(request, response, false));
  server.on('checkContinue', (request, response) => plain(request, response, true));
  server.on('connect', raw('connect'));
  server.on('upgrade', raw('upgrade'));
  // RFC 9110 section 10.1.1: an expectation other than 100-continue may be answered as if it were not there.
  server.on('checkExpectation', (request, response) => plain(request, response, false));
  server.on('clientError', (error, stream) => handlers.unreadable(legOf(stream), error));
  return {
    enter(leg) {
      legs.set(leg.stream, leg);
      server.emit('connection', leg.stream);
    },
  };
}

/** Requests of one connection are served one after another: the order of answers and of events is theirs. */
function inTurn(leg: Leg, serve: () => Promise<void>): void {
  leg.turn = leg.turn.then(async () => {
    if (leg.stream.destroyed) return;
    leg.busy = true;
    await serve();
    leg.busy = false;
  });
}

const headOf = (request: IncomingMessage, kind: RequestHead['kind']): RequestHead => ({
  kind,
  method: request.method ?? '',
  target: request.url ?? '',
  version: request.httpVersion,
  headers: pairsOf(request.rawHeaders),
});
