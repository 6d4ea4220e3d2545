/**
 * One end of a TCP connection of the pretend world: a socket of this machine whose bytes pass one `Seam` on their
 * way in ({@link Connection.push}) and out, so that the tap, the count of bytes under way and the faults have one
 * place; TLS and HTTP run on top of it as on any socket. Where nobody taps or counts, Node may read past the seam.
 *
 * Both directions close on their own (half-close); {@link Connection.reset} sends RST.
 */
import type { Socket, TcpNetConnectOpts } from 'node:net';

import { Named } from './named.ts';
import type { Handle } from './named.ts';
import { asText, bytesOf } from './pieces.ts';
import type { Pieces } from './pieces.ts';
import { common, intoCommon } from './read-buffer.ts';
import { isBare } from './seam.ts';
import type { ConnectionInit } from './seam.ts';

type Done = (error?: Error | null) => void;

/** From here on a tunnel gets a buffer of its own, which is not copied. */
const large = 16 * 1024;

export class Connection extends Named {
  #resetting = false;
  #sink: Connection | undefined;
  #own: Buffer | undefined;
  #begun = false;
  #wrote = false;
  #first: ((bytes: Buffer | undefined) => void) | undefined;

  /** `handle` is node:net's of a connected socket; without it, this one is to be connected. */
  private constructor(init: ConnectionInit, handle?: Handle) {
    // `handle` and `manualStart` are missing from the types; node:net and node:tls make their own sockets with them.
    super(handle ? { allowHalfOpen: true, handle, manualStart: true } : dialling(init), init);
    // An error that nobody awaits must not end the process; whoever cares looks at `destroyed` or listens too.
    this.on('error', ignore);
    if (init.out)
      this.once('close', () => {
        init.in?.finished();
        init.out?.finished();
      });
    if (handle) this.#begin(handle);
    else this.once('connect', () => this.#begin((this as unknown as { _handle: Handle })._handle));
  }

  /**
   * Takes over a connected socket: those that node:net accepts are of a class that it chooses, so their handle changes
   * hands. What was read of them already, and put back, comes along.
   */
  static over(socket: Socket, init: ConnectionInit): Connection {
    const early = socket.read() as Buffer | null;
    const old = socket as unknown as { _handle: Handle | null };
    const handle = old._handle;
    if (!handle) throw new Error('the socket is closed');
    if (handle.reading) handle.readStop();
    handle.reading = false;
    old._handle = null;
    const connection = new Connection(init, handle);
    if (early) {
      connection.seam.arrived(early);
      connection.unshift(early);
    }
    return connection;
  }

  /** The accepting end, of a handle that no socket has yet. */
  static accepted(handle: Handle, init: ConnectionInit): Connection {
    return new Connection(init, handle);
  }

  /** The dialling end: emits `connect` or `error`. */
  static dialled(at: TcpNetConnectOpts, init: ConnectionInit): Connection {
    return new Connection(init).connect(at);
  }

  #begin(handle: Handle): void {
    this.#begun = true;
    // node:http's parser would read from the handle itself, past the seam, unless another one had done so before.
    if (!this.seam.bare) handle._consumed = true;
    this.read(0);
  }

  /**
   * Sends RST and drops what is not yet sent. It follows the bytes that are under way: libuv reports data and RST that
   * arrive together as data and FIN.
   */
  reset(): void {
    if (this.destroyed) return;
    this.seam.rstLeaves();
    this.#resetting = true;
    this.destroy();
  }

  /**
   * Sends everything that arrives here on to another connection, past the buffer of this stream, with the same
   * backpressure as `pipe`. `end` and `close` are heard as usual; ending the other one is the caller's.
   */
  pour(to: Connection): void {
    if (this.destroyed || to.destroyed) return;
    const early = this.read() as Buffer | null;
    this.#sink = to;
    if (early) this.#pass(early, to);
    // Nothing comes out of the stream any more but its end.
    this.resume();
  }

  /**
   * Hands over what arrives first, past the buffer of the stream; undefined when that is the end. Nobody else reads
   * before.
   */
  first(take: (bytes: Buffer | undefined) => void): void {
    const early = this.readableLength > 0 && (this.read() as Buffer | null);
    if (early || this.readableEnded || this.destroyed) take(early || undefined);
    else this.#first = take;
  }

  /**
   * Hears whether the other end is gone, where it has said FIN: Node reads no more then, and a RST goes by unheard. A
   * write without bytes sends nothing, and fails after one.
   */
  probe(): void {
    if (this.destroyed) return;
    super._write('', 'latin1', (error) => {
      if (error) this.vanish();
    });
  }

  /** Destroys it without a word in the trace: the pretend world it belongs to ends. */
  vanish(): void {
    this.seam.hush();
    this.destroy();
  }

  /** What node:net calls with every chunk that it has read, and with null at FIN. */
  override push(chunk: Buffer | null): boolean {
    if (chunk === null) {
      if (!this.destroyed) this.seam.finArrived();
      this.#begins();
      return super.push(null);
    }
    if (!this.seam.bare) this.seam.arrived(chunk);
    if (this.#first) {
      this.#begins(chunk);
      return true;
    }
    if (this.#sink) return this.#pass(chunk, this.#sink);
    const more = super.push(chunk);
    if (!more) this.seam.stall(true);
    return more;
  }

  /** Bytes have come into the buffer. */
  took(length: number): boolean {
    const sink = this.#sink;
    if (!sink || length < large) return this.push(Buffer.from((this.#own ?? common).subarray(0, length)));
    if (this.#own) return this.#pass(this.#own.subarray(0, length), sink);
    const bytes = Buffer.from(common.subarray(0, length));
    // Nothing is read while a write of it is pending, see `#pass`.
    this.#own = Buffer.allocUnsafeSlow(common.length);
    (this as unknown as { _handle: Handle })._handle.useUserBuffer(this.#own);
    return this.#pass(bytes, sink);
  }

  override _read(size: number): void {
    this.seam.stall(false);
    super._read(size);
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: Done): void {
    this.#hasten();
    if (!this.seam.bare) this.seam.leaves(bytesOf({ chunk, encoding }));
    super._write(chunk, encoding, done);
  }

  override _writev(chunks: Pieces, done: Done): void {
    this.#hasten();
    if (!this.seam.bare) this.seam.leaves(Buffer.concat(chunks.map(bytesOf)));
    const text = asText(chunks);
    if (text === undefined) super._writev?.(chunks, done);
    else super._write(text, 'latin1', done);
  }

  override _final(done: Done): void {
    this.seam.finLeaves();
    // Both directions have ended: closing the socket, which follows at once, sends the FIN.
    if (this.readableEnded) done();
    else super._final(done);
  }

  override _destroy(error: NodeJS.ErrnoException | null, done: Done): void {
    const { in: back, out } = this.seam.init;
    back?.finished();
    // What never stood has no end either.
    if (!this.#begun) this.seam.hush();
    if (!this.#resetting) {
      // A RST that the kernel reports, this end did not send.
      if (error?.syscall !== 'read') this.seam.finLeaves();
      super._destroy(error, done);
      return;
    }
    const rst = (): void => {
      // `resetAndDestroy` ends the socket first, and one that has written anything then sends FIN instead of RST. This
      // is the field that it sets, since Node 16.17; missing from the types.
      Object.assign(this, { resetAndClosing: true });
      super._destroy(error, done);
    };
    if (out) out.whenArrived(rst);
    else rst();
  }

  /** node:http would destroy with unread bytes, which resets. */
  override destroySoon(): void {
    this.end();
  }

  /** The first write waits for nothing; from the second on, small ones would wait for an ACK. */
  #hasten(): void {
    if (this.#wrote) this.setNoDelay(true);
    this.#wrote = true;
  }

  #begins(bytes?: Buffer): void {
    const take = this.#first;
    this.#first = undefined;
    take?.(bytes);
  }

  #pass(chunk: Buffer, to: Connection): boolean {
    // A write that the kernel took at once leaves nothing to wait for, however large it was.
    if (to.destroyed || to.write(chunk) || to.writableLength === 0) return true;
    this.seam.stall(true);
    to.once('drain', () => {
      if (!this.destroyed) this._read(0);
    });
    return false;
  }
}

const dialling = (init: ConnectionInit): object =>
  isBare(init) ? { allowHalfOpen: true, onread: intoCommon } : { allowHalfOpen: true };

const ignore = (): void => undefined;
