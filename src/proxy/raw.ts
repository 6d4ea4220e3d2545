/** Exchanges whose request takes the socket away from node:http: CONNECT and Upgrade. */
import { bytesOf, contentOf, headOf, wantsClose, withEarly } from './answer.ts';
import type { Leg, ProxyContext } from './context.ts';
import { finish, writeAnswered } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { ProxyRequest } from './request.ts';
import type { Shape } from './shape.ts';
import { openTunnel, relay } from './tunnel.ts';
import { upgrade } from './upgrade.ts';

/**
 * `early` are the bytes that came with the request; `handBack` gives the connection to node:http again, so that a 407
 * does not cost it.
 */
export function rawExchange(
  context: ProxyContext,
  leg: Leg,
  request: ProxyRequest,
  { early, handBack }: { early: Buffer; handBack: () => void },
): Exchange {
  const exchange: Exchange = {
    context,
    leg,
    request,
    forward: (shape) => (request.kind === 'connect' ? tunnel(exchange, shape) : upgrade(exchange, shape)),
    open: (opening) => openTunnel(exchange, opening),
    body: () => Promise.resolve(Buffer.of()),
    async answer(answer) {
      const final = answer.close === true || wantsClose(request);
      const tunnel = request.kind === 'connect';
      const head = headOf(answer, { final, tunnel });
      const early = tunnel && head.status < 300 ? Buffer.byteLength(contentOf(head, answer)) : 0;
      writeAnswered(exchange, withEarly(head, early));
      leg.stream.write(bytesOf(head, answer));
      // A client that has closed its direction will ask nothing more.
      if (final || leg.stream.readableEnded) finish(leg);
      else handBack();
    },
  };
  if (early.length > 0) leg.stream.unshift(early);
  return exchange;
}

async function tunnel(exchange: Exchange, shape: Shape = {}): Promise<void> {
  const upstream = await exchange.open(shape);
  if (upstream) relay(exchange.leg, upstream, shape, exchange.context.clock);
}
