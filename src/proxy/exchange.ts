/** One request and what may be done about it: the view that behaviours have. */
import type { Failure } from '../failure.ts';
import type { EventMap } from '../trace/events.ts';
import { upstreamAnswer } from './answer.ts';
import type { Answer, AnswerHead } from './answer.ts';
import type { Kept, Leg, ProxyContext } from './context.ts';
import { masked, maskedTarget, sharing } from './headers.ts';
import type { ProxyRequest } from './request.ts';
import type { Shape } from './shape.ts';
import type { Opening } from './tunnel.ts';
import type { Upstream } from './upstream.ts';

export interface Exchange {
  readonly context: ProxyContext;
  readonly leg: Leg;
  readonly request: ProxyRequest;
  /** What a healthy proxy does, or one that spoils it. Settles when the request is answered, or the tunnel stands. */
  forward: (shape?: Shape) => Promise<void>;
  /** Answers instead of the destination. */
  answer: (answer: Answer) => Promise<void>;
  /**
   * CONNECT only: reaches the destination and says 200; for behaviours that stand between both ends. The client has
   * been told when there is no upstream.
   */
  open: (opening?: Opening) => Promise<Upstream | undefined>;
  /**
   * The whole body of the request, which is kept for the destination; undefined when it is larger than a proxy keeps.
   */
  body: () => Promise<Buffer | undefined>;
}

/** Ends our direction and reads the rest: closing with unread bytes would reset, and take the answer with it. */
export function finish({ stream }: Leg): void {
  stream.end();
  stream.resume();
}

/** As the trace keeps it: credentials left out, and one text for all requests in a row for the same. */
const targetKept = (kept: Kept, { target }: ProxyRequest): string => {
  const masks = maskedTarget(target);
  if (kept.target !== masks) kept.target = masks;
  return kept.target;
};

/** The same for its host. */
const hostKept = (kept: Kept, { host }: ProxyRequest): string => {
  if (kept.host !== host) kept.host = host;
  return kept.host;
};

export function writeAsked({ context, leg, request }: Exchange): void {
  if (context.pen.dry) return;
  const { kept } = context;
  context.pen.write('proxy.request', {
    proxy: context.name,
    conn: leg.connection.id,
    client: leg.connection.remoteAddress,
    method: request.method,
    target: targetKept(kept, request),
    host: hostKept(kept, request),
    port: request.port,
    headers: (kept.asked = sharing(kept.asked, masked(request.headers))),
  });
}

export function writeAnswered(
  { context, leg, request }: Pick<Exchange, 'context' | 'leg' | 'request'>,
  { status, reason, headers, version, early }: AnswerHead,
): void {
  if (context.pen.dry) return;
  const { kept } = context;
  const answered: EventMap['proxy.response'] = {
    proxy: context.name,
    conn: leg.connection.id,
    method: request.method,
    target: targetKept(kept, request),
    host: hostKept(kept, request),
    port: request.port,
    status,
    reason,
    headers: (kept.answered = sharing(kept.answered, masked(headers))),
  };
  if (version !== undefined) answered.version = version;
  if (early !== undefined) answered.early = early;
  context.pen.write('proxy.response', answered);
}

export function writeFailed({ context, leg, request }: Exchange, failure: Failure): void {
  context.pen.write('proxy.upstream-failed', {
    proxy: context.name,
    conn: leg.connection.id,
    target: maskedTarget(request.target),
    host: request.host,
    port: request.port,
    failure: failure.code,
    detail: failure.detail,
  });
}

/** A failure that brings its own words for the client. */
export interface Refusal extends Failure {
  answer?: Answer;
}

/** The destination cannot be had: says so in the trace and to the client, if it is still there. */
export async function unreachable(exchange: Exchange, failure: Refusal): Promise<void> {
  if (exchange.leg.stream.destroyed) return;
  writeFailed(exchange, failure);
  await exchange.answer(failure.answer ?? upstreamAnswer(exchange.context.pseudonym, failure));
}
