/** DNS over TCP: messages with their length before them (RFC 1035 4.2.2). */
import type { Direction, Layer } from '../connection.ts';
import type { Surroundings } from './sniff.ts';

export class DnsLayer implements Layer {
  readonly #around: Surroundings;
  readonly #held: Record<Direction, Buffer> = { up: Buffer.alloc(0), down: Buffer.alloc(0) };

  constructor(around: Surroundings) {
    this.#around = around;
  }

  data(dir: Direction, bytes: Buffer): void {
    let buffer = Buffer.concat([this.#held[dir], bytes]);
    while (buffer.length >= 2 && buffer.length >= 2 + buffer.readUInt16BE(0)) {
      const length = buffer.readUInt16BE(0);
      this.#message(dir, buffer.subarray(2, 2 + length));
      buffer = buffer.subarray(2 + length);
    }
    this.#held[dir] = Buffer.from(buffer);
  }

  gap(dir: Direction): void {
    this.#held[dir] = Buffer.alloc(0);
  }

  end(): void {
    // Nothing ends with the connection but the connection.
  }

  #message(dir: Direction, message: Buffer): void {
    const { connection, lookups, slots } = this.#around;
    const [from, to] = dir === 'up' ? [connection.from, connection.to] : [connection.to, connection.from];
    lookups.heard({ from, to, transport: 'tcp', message, slot: slots.next() });
  }
}
