/**
 * One end of a TCP connection of the pretend world, over a real loopback socket. Every byte passes through here, so
 * the tap, the count of bytes under way and the faults have one seam; TLS and HTTP run on top of it as on a socket.
 *
 * Both directions close on their own (half-close); {@link Connection.reset} sends RST.
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import type { Flow } from './flow.ts';
import { tapData } from './tap.ts';
import type { Tap } from './tap.ts';

export interface ConnectionInit {
  /** Joins both ends in the trace. */
  id: number;
  socket: Socket;
  /** The story's addresses. */
  local: string;
  remote: string;
  /** `up` for the end that dialled. */
  sends: 'up' | 'down';
  /** The part that holds this end. */
  owner: string;
  /** The part that dialled, at the other end. */
  dialledBy?: string;
  tap: Tap;
  /** Bytes from this end to the other, and back. */
  out: Flow;
  in: Flow;
  /** The other end is a program outside the lab: what it sends is written down here, where it arrives. */
  outside?: true;
}

type Done = (error?: Error | null) => void;

export class Connection extends Duplex {
  readonly id: number;
  /** `ip:port` of this end and of the other, as the story has them. */
  readonly local: string;
  readonly remote: string;
  /** The part that dialled, where this end listened: what only the machine of the other end could know. */
  readonly dialledBy: string | undefined;
  readonly #init: ConnectionInit;
  #finished = false;
  #resetting = false;
  #sink: Connection | undefined;
  /** Bytes of the write that the socket has and has not yet confirmed. */
  #handed = 0;

  constructor(init: ConnectionInit) {
    super({ allowHalfOpen: true });
    this.#init = init;
    this.id = init.id;
    this.local = init.local;
    this.remote = init.remote;
    this.dialledBy = init.dialledBy;
    // An error that nobody awaits must not end the process; whoever cares looks at `destroyed` or listens too.
    this.on('error', () => undefined);
    const { socket } = init;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      init.in.received(chunk.length);
      if (init.outside) tapData(init.tap, 'outside', init.id, opposite(init.sends), chunk);
      if (this.#sink) this.#pass(chunk, this.#sink);
      else if (!this.push(chunk)) this.#stall(true);
    });
    let ended = false;
    socket.on('end', () => {
      ended = true;
      init.in.finished();
      if (init.outside) init.tap.pen.as('outside').write('tcp.fin', { conn: init.id, dir: opposite(init.sends) });
      this.push(null);
    });
    socket.on('error', (error) => {
      init.in.finished();
      this.destroy(error);
    });
    socket.on('close', () => {
      init.in.finished();
      init.out.finished();
      if (!ended) this.destroy();
    });
  }

  /**
   * Whether the secrets of TLS on top shall be written down at this end: bytes are kept, and no other end does it. Of
   * two ends in the lab it is the one that dialled.
   */
  get keepsKeys(): boolean {
    const { tap, sends, outside } = this.#init;
    return tap.bytes && (sends === 'up' || outside === true);
  }

  /** Whether a program outside the lab is at the other end. */
  get fromOutside(): boolean {
    return this.#init.outside === true;
  }

  get remoteAddress(): string {
    return this.remote.slice(0, this.remote.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  }

  /**
   * Sends RST and drops what is not yet sent. It follows the bytes that are under way: libuv reports data and RST that
   * arrive together as data and FIN.
   */
  reset(): void {
    if (this.destroyed) return;
    this.#init.tap.pen.as(this.#init.owner).write('tcp.rst', { conn: this.id, dir: this.#init.sends });
    this.#finished = true;
    this.#init.out.finSent();
    this.#resetting = true;
    this.#init.out.whenArrived(() => rst(this.#init.socket));
    this.destroy();
  }

  /**
   * Sends everything that arrives here on to another connection, past the buffers of both streams,
   * with the same backpressure as `pipe`. `end` and `close` are heard as usual; ending the other one is the
   * caller's. False, and nothing done, while something waits in the other's buffer: it would be overtaken.
   */
  pour(to: Connection): boolean {
    if (this.destroyed || to.destroyed || to.writableLength > to.#handed) return false;
    const early = this.read() as Buffer | null;
    this.#sink = to;
    if (early) this.#pass(early, to);
    // Nothing comes out of the stream any more but its end.
    this.resume();
    return true;
  }

  #pass(chunk: Buffer, to: Connection): void {
    const { out, socket, tap, owner, sends } = to.#init;
    if (to.destroyed || socket.destroyed) return;
    tapData(tap, owner, to.id, sends, chunk);
    out.sent(chunk.length);
    if (socket.write(chunk)) return;
    this.#stall(true);
    socket.once('drain', () => this.#stall(false));
  }

  override _read(): void {
    this.#stall(false);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const { out, socket, tap, owner, sends } = this.#init;
    tapData(tap, owner, this.id, sends, chunk);
    out.sent(chunk.length);
    this.#handed = chunk.length;
    socket.write(chunk, (error) => {
      this.#handed = 0;
      done(error);
    });
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: Done): void {
    this.#fin();
    this.#init.socket.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    const { socket } = this.#init;
    this.#init.in.finished();
    if (!socket.destroyed && !this.#resetting) {
      this.#fin();
      socket.destroy();
    }
    done(error);
  }

  #fin(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#init.tap.pen.as(this.#init.owner).write('tcp.fin', { conn: this.id, dir: this.#init.sends });
    this.#init.out.finSent();
  }

  #stall(stalled: boolean): void {
    const { socket } = this.#init;
    this.#init.in.stalled = stalled;
    if (stalled) socket.pause();
    else if (socket.isPaused()) socket.resume();
  }
}

const opposite = (sends: 'up' | 'down'): 'up' | 'down' => (sends === 'up' ? 'down' : 'up');

function rst(socket: Socket): void {
  // Node ends the socket first, and one that has written anything then sends FIN instead of RST.
  socket.destroySoon = () => void socket.destroy();
  if (!socket.destroyed) socket.resetAndDestroy();
}
