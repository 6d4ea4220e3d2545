/** DNS over TCP: each message follows its length in two octets (RFC 1035 section 4.2.2, RFC 7766). */
import type { Duplex } from 'node:stream';

export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(2 + message.length);
  frame.writeUInt16BE(message.length, 0);
  frame.set(message, 2);
  return frame;
}

/** Calls `hear` with every whole message, however the bytes were cut. */
export function eachMessage(stream: Duplex, hear: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const end = 2 + pending.readUInt16BE(0);
      if (pending.length < end) break;
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      hear(message);
    }
  });
}
