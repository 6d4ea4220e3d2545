/** Files in memory for the reader, and packets made by hand. */
import { readEvidence } from '../../src/evidence/index.ts';
import type { Evidence, ReadOptions } from '../../src/evidence/index.ts';

export const read = (content: Uint8Array | string, options: ReadOptions = {}, name = 'x.pcapng'): Promise<Evidence> =>
  readEvidence([fileOf(content, name)], options);

/** In pieces of an odd size, so that nothing depends on where they end; each is gone when the next one is asked for. */
export const fileOf = (content: Uint8Array | string, name = 'x.pcapng', size = 4093) => ({
  name,
  async *open() {
    const bytes = Buffer.from(content);
    const memory = Buffer.alloc(Math.min(size, bytes.length));
    for (let at = 0; at < bytes.length; at += size) yield memory.subarray(0, bytes.copy(memory, 0, at));
  },
});

/** The same capture without the secrets in it. */
export function sealed(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  const kept: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.readUInt32LE(at) !== 10) kept.push(bytes.subarray(at, at + length));
    at += length;
  }
  return Buffer.concat(kept);
}

export interface Sent {
  /** Milliseconds since 1970. */
  at: number;
  bytes: Uint8Array;
  /** On the wire, when the sniffer kept less. */
  length?: number;
}

/** A pcap file of either byte order; `nano` counts nanoseconds. */
export function pcapOf(
  packets: readonly Sent[],
  { big = false, nano = false, link = 1 }: { big?: boolean; nano?: boolean; link?: number } = {},
): Buffer {
  const words = (...values: number[]): Buffer => {
    const buffer = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) {
      if (big) buffer.writeUInt32BE(value >>> 0, 4 * index);
      else buffer.writeUInt32LE(value >>> 0, 4 * index);
    }
    return buffer;
  };
  const version = big ? Buffer.of(0, 2, 0, 4) : Buffer.of(2, 0, 4, 0);
  const head = [words(nano ? 0xa1b23c4d : 0xa1b2c3d4), version, words(0, 0, 262_144, link)];
  return Buffer.concat([
    ...head,
    ...packets.flatMap(({ at, bytes, length = bytes.length }) => {
      const part = Math.round((at % 1000) * (nano ? 1e6 : 1e3));
      return [words(Math.floor(at / 1000), part, bytes.length, length), Buffer.from(bytes)];
    }),
  ]);
}

export interface Tcp {
  from: string;
  to: string;
  seq: number;
  ack?: number;
  /** `S`, `SA`, `A`, `FA`, `R`. */
  flags: string;
  payload?: Uint8Array | string;
}

const bit: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16 };

/** TCP in IPv4, without Ethernet; checksums are left out, as network cards do. */
export function ip({ from, to, seq, ack = 0, flags, payload = '' }: Tcp): Buffer {
  const data = Buffer.from(payload);
  const packet = Buffer.alloc(40 + data.length);
  const [source = '', sourcePort = ''] = from.split(':');
  const [target = '', targetPort = ''] = to.split(':');
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet[8] = 64;
  packet[9] = 6;
  packet.set(source.split('.').map(Number), 12);
  packet.set(target.split('.').map(Number), 16);
  packet.writeUInt16BE(Number(sourcePort), 20);
  packet.writeUInt16BE(Number(targetPort), 22);
  packet.writeUInt32BE(seq >>> 0, 24);
  packet.writeUInt32BE(ack >>> 0, 28);
  packet[32] = 0x50;
  packet[33] = flags.split('').reduce((sum, flag) => sum | (bit[flag] ?? 0), 0);
  packet.set(data, 40);
  return packet;
}

export const ethernet = (packet: Buffer): Buffer => Buffer.concat([Buffer.alloc(12), Buffer.of(8, 0), packet]);

/** Segments of one connection, either way: the client's numbers begin at 1000, the other end's at 9000. */
export function talkOf(client: string, proxy: string) {
  return {
    up: (seq: number, flags: string, payload = ''): Tcp => ({
      from: client,
      to: proxy,
      seq,
      ack: 9001,
      flags,
      payload,
    }),
    down: (seq: number, flags: string, payload = ''): Tcp => ({
      from: proxy,
      to: client,
      seq,
      ack: 1001,
      flags,
      payload,
    }),
  };
}
