/** CONNECT: reach the destination, say 200, and carry bytes, half-closes and resets both ways. */
import type { Duplex } from 'node:stream';

import type { Connection } from '../net/connection.ts';
import { unreachable, writeAnswered } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { maskedTarget } from './headers.ts';
import { refuseLoop } from './via.ts';
import { dial } from './upstream.ts';
import type { Upstream } from './upstream.ts';

const established = { status: 200, reason: 'Connection established', headers: [] };

/** 200 only after the destination stands: before it, failures still have a status. */
export async function openTunnel(exchange: Exchange): Promise<Upstream | undefined> {
  const { context, leg, request } = exchange;
  if (await refuseLoop(exchange)) return undefined;
  const upstream = await dial(context, request);
  if (!upstream.ok) {
    await unreachable(exchange, upstream.failure);
    return undefined;
  }
  if (leg.stream.destroyed) {
    upstream.value.stream.destroy();
    return undefined;
  }
  writeAnswered(exchange, established);
  context.pen.write('proxy.tunnel', {
    proxy: context.name,
    conn: leg.connection.id,
    upstream: upstream.value.connection.id,
    target: maskedTarget(request.target),
    host: request.host,
    port: request.port,
  });
  leg.stream.write(`HTTP/1.1 ${established.status} ${established.reason}\r\n\r\n`);
  return upstream.value;
}

/** One end of a tunnel. */
interface End {
  stream: Duplex;
  connection: Connection;
}

/** Carries everything between two ends until both are gone. Backpressure is that of `pipe`. */
export function relay(one: End, other: End): void {
  carry(one, other);
  carry(other, one);
}

function carry(from: End, to: End): void {
  from.stream.pipe(to.stream);
  from.stream.once('close', () => {
    if (to.stream.destroyed) return;
    // An end that had said FIN before it vanished left in order; only one that broke off is passed on as RST.
    const ended = from.stream.readableEnded;
    const broken = from.stream.errored ?? from.connection.errored;
    if (broken && !ended) reset(to);
    else if (broken || !ended) to.stream.destroy();
  });
}

/** A TLS socket cannot be reset; the connection below can. */
export function reset({ stream, connection }: End): void {
  connection.reset();
  stream.destroy();
}
