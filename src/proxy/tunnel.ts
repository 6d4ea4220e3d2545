/** CONNECT: reach the destination, say 200, and carry bytes, half-closes and resets both ways. */
import type { Duplex } from 'node:stream';

import type { Clock } from '../clock.ts';
import { bytesOf } from './answer.ts';
import type { AnswerHead } from './answer.ts';
import { dialThrough } from './chain.ts';
import { unreachable, writeAnswered } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { letGo, probeAfter } from './let-go.ts';
import type { End, Shape, Tunnel } from './shape.ts';
import { refuseLoop } from './via.ts';
import { dial } from './upstream.ts';
import type { Upstream } from './upstream.ts';

const established: AnswerHead = { status: 200, reason: 'Connection established', headers: [] };
const establishedBytes = bytesOf(established, established);

/** How a tunnel is opened, when it is not as usual. */
export interface Opening extends Pick<Shape, 'answering' | 'through'> {
  /** What the client is told instead of 200, once the destination stands. */
  saying?: (upstream: Upstream) => Promise<{ head: AnswerHead; bytes: string | Buffer }>;
}

/** 200 only after the destination stands: before it, failures still have a status. */
export async function openTunnel(exchange: Exchange, opening: Opening = {}): Promise<Upstream | undefined> {
  const { context, leg, request } = exchange;
  const refusal = refuseLoop(exchange);
  if (refusal) {
    await refusal;
    return undefined;
  }
  const next = opening.through ?? context.upstream;
  const upstream = await (next ? dialThrough(exchange, next) : dial(context, request));
  if (!upstream.ok) {
    await unreachable(exchange, upstream.failure);
    return undefined;
  }
  if (opening.answering) await opening.answering();
  const said = opening.saying && (await opening.saying(upstream.value));
  const { head, bytes } = said ?? { head: established, bytes: establishedBytes };
  if (leg.stream.destroyed) {
    upstream.value.stream.destroy();
    return undefined;
  }
  writeAnswered(exchange, head);
  if (!context.pen.dry) writeTunnel(exchange, upstream.value);
  leg.stream.write(bytes, 'latin1');
  return upstream.value;
}

/** After the answer, whose target and host are the ones that were kept. */
function writeTunnel({ context, leg, request }: Exchange, upstream: Upstream): void {
  context.pen.write('proxy.tunnel', {
    proxy: context.name,
    conn: leg.connection.id,
    upstream: upstream.connection.id,
    target: context.kept.target,
    host: context.kept.host,
    port: request.port,
  });
}

/** Carries everything between two ends until both are gone. Backpressure is that of `pipe`. */
export function relay(client: End, origin: End, shape: Shape = {}, clock?: Clock): Tunnel {
  const state = { silent: false, watched: false };
  const watch = (): void => {
    if (!state.watched) watchEnds(tunnel, clock);
    state.watched = true;
  };
  const stages: Duplex[] = [];
  const tunnel: Tunnel = {
    client,
    origin,
    cut(how) {
      part(tunnel, stages);
      for (const end of [client, origin]) {
        if (how === 'rst') flushed(end.stream, () => reset(end));
        else end.stream.end();
      }
    },
    silence() {
      state.silent = true;
      watch();
      part(tunnel, stages);
    },
  };
  // Whoever looks at a tunnel sees its bytes in the streams only.
  const looked = shape.tunnel !== undefined;
  carry(client, origin, { state, looked, stage: staged(shape.up?.(tunnel), stages) });
  carry(origin, client, { state, looked, stage: staged(shape.down?.(tunnel), stages) });
  if (stages.length > 0) watch();
  shape.tunnel?.(tunnel);
  return tunnel;
}

/** What nobody hears of any more is asked by the kernel whether it still stands; one whose program has ended does not. */
function watchEnds(tunnel: Tunnel, clock: Clock | undefined): void {
  for (const { connection } of [tunnel.client, tunnel.origin]) connection.setKeepAlive(true, probeAfter);
  letGo(tunnel, clock);
}

function staged(stage: Duplex | undefined, stages: Duplex[]): Duplex | undefined {
  if (stage) stages.push(stage);
  return stage;
}

/** Nothing is carried any more; both ends are read, so that their FIN is heard. */
function part({ client, origin }: Tunnel, stages: readonly Duplex[]): void {
  for (const stage of stages) {
    stage.unpipe();
    stage.destroy();
  }
  for (const { stream } of [client, origin]) {
    stream.unpipe();
    stream.resume();
  }
}

interface Way {
  state: { silent: boolean };
  looked: boolean;
  stage: Duplex | undefined;
}

/** Past the buffers of both streams, where both are connections themselves. */
function poured(from: End, to: End): boolean {
  const bare = from.stream === from.connection && to.stream === to.connection;
  if (!bare) return false;
  from.connection.pour(to.connection);
  if (from.stream.readableEnded) to.stream.end();
  else from.stream.once('end', () => to.stream.end());
  return true;
}

function carry(from: End, to: End, { state, looked, stage }: Way): void {
  if (stage) {
    from.stream.pipe(stage).pipe(to.stream);
    to.stream.once('close', () => stage.destroy());
  } else if (looked || !poured(from, to)) from.stream.pipe(to.stream);
  from.stream.once('close', () => {
    if (to.stream.destroyed || state.silent) return;
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

/** How long bytes may take from a stream to its socket when nothing holds them up, in turns of the event loop. */
const flushTurns = 50;

/** Runs `task` when what was written has left, or will not leave because nobody reads. */
export function flushed(stream: Duplex, task: () => void, turns = flushTurns): void {
  if (stream.writableLength === 0 || turns === 0) task();
  else setImmediate(() => flushed(stream, task, turns - 1));
}
