/** `Upgrade` without a tunnel (plain ws://): the request goes on as it is, and on 101 the two streams are joined. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';

import type { HeaderList } from '../trace/events.ts';
import { bytesOf, errorAnswer } from './answer.ts';
import type { Leg } from './context.ts';
import { finish, unreachable, writeAnswered } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { cleanReason, endToEnd, listOf, pairsOf, valueOf, valuesOf } from './headers.ts';
import { failureOf, wrongAnswer } from './origin-answer.ts';
import type { ProxyRequest } from './request.ts';
import type { Shape } from './shape.ts';
import { relay, reset } from './tunnel.ts';
import { dial } from './upstream.ts';
import type { Upstream } from './upstream.ts';
import { refuseLoop, withVia } from './via.ts';

export async function upgrade(exchange: Exchange, shape: Shape = {}): Promise<void> {
  const { context, leg, request } = exchange;
  if (
    listOf(request.headers, 'transfer-encoding').length > 0 ||
    Number(valueOf(request.headers, 'content-length')) > 0
  ) {
    const answer = errorAnswer(context.pseudonym, 400, 'http_request_error', 'Upgrade with a body');
    return exchange.answer({ ...answer, close: true });
  }
  const refusal = refuseLoop(exchange);
  if (refusal) return refusal;
  const next = shape.through ?? context.upstream;
  const upstream = await (leg.inside?.dial() ?? dial(context, next ?? request));
  if (!upstream.ok) return unreachable(exchange, upstream.failure);
  await ask(exchange, upstream.value, shape, next !== undefined && !leg.inside);
}

function ask(exchange: Exchange, upstream: Upstream, shape: Shape, absolute: boolean): Promise<void> {
  const { leg, request } = exchange;
  const { method } = request;
  const path = absolute ? request.target : request.path;
  const headers = onward(exchange, shape).flat();
  return new Promise((settle) => {
    const resolve = (): void => {
      leg.stream.removeListener('close', leave);
      settle();
    };
    const leave = (): void => void sent.destroy();
    let heard = false;
    const failed = (error: Error): void => {
      upstream.stream.destroy();
      // Once an answer has begun, nothing else may be written: its end shows how it ended.
      if (!heard) void unreachable(exchange, failureOf(error, upstream.connection)).then(resolve);
    };
    leg.stream.once('close', leave);
    const sent = httpRequest({ createConnection: () => upstream.stream, setHost: false, method, path, headers });
    sent.once('upgrade', (answer, _socket, early: Buffer) => {
      leg.stream.write(headBytes(exchange, answer, upgradeFields(pairsOf(answer.rawHeaders))), 'latin1');
      if (early.length > 0) upstream.stream.unshift(early);
      relay(leg, upstream, shape, exchange.context.clock);
      resolve();
    });
    // The destination does not want to. What it says instead ends with the connection, so its framing does not matter.
    sent.once('response', (answer) => {
      const wrong = wrongAnswer(answer);
      if (wrong !== undefined) return failed(new Error(wrong));
      heard = true;
      leg.stream.write(headBytes(exchange, answer, [['Connection', 'close']]), 'latin1');
      passRest(answer, leg, () => {
        upstream.stream.destroy();
        finish(leg);
        resolve();
      });
    });
    sent.once('error', failed);
    sent.end();
  });
}

/**
 * HTTP/1.0 has no Upgrade (RFC 9110 section 7.8). That to h2c would take requests past every rule of the proxy, and
 * RFC 9113 has given it up; its settings are a field of one hop, too.
 */
const mayUpgrade = ({ version, headers }: ProxyRequest): boolean =>
  version !== '1.0' && !listOf(headers, 'upgrade').includes('h2c');

function onward({ request, context }: Exchange, { withoutUpgrade }: Shape): HeaderList {
  const rest = endToEnd(request.headers).filter(([name]) => name.toLowerCase() !== 'host');
  const hop: HeaderList =
    withoutUpgrade === true || !mayUpgrade(request) ? [['Connection', 'close']] : upgradeFields(request.headers);
  const headers: HeaderList = [['Host', request.authority], ...rest, ...hop];
  return withVia(headers, request.version, context);
}

/** The two fields that `endToEnd` took and that this one hop is about. */
const upgradeFields = (headers: HeaderList): HeaderList => [
  ['Connection', 'Upgrade'],
  ...valuesOf(headers, 'upgrade').map((value): [string, string] => ['Upgrade', value]),
];

function headBytes(exchange: Exchange, answer: IncomingMessage, hop: HeaderList): string {
  const rest = endToEnd(pairsOf(answer.rawHeaders));
  const head = {
    status: answer.statusCode ?? 502,
    reason: cleanReason(answer.statusMessage ?? ''),
    headers: withVia([...rest, ...hop], answer.httpVersion, exchange.context),
  };
  writeAnswered(exchange, head);
  return bytesOf(head, { status: head.status });
}

/** Without a length FIN ends the body, so one that broke off must end otherwise. */
function passRest(from: IncomingMessage, leg: Leg, done: () => void): void {
  from.once('error', () => reset(leg));
  from.once('end', done);
  from.pipe(leg.stream, { end: false });
}
