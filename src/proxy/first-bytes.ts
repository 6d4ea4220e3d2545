/** So many bytes of a stream, and no more: the rest is the tunnel's. */
import type { Duplex } from 'node:stream';

/** Undefined when the stream ends before. */
export async function readBytes(stream: Duplex, length: number): Promise<Buffer | undefined> {
  let held = Buffer.of();
  while (held.length < length) {
    const chunk = await nextChunk(stream);
    if (!chunk) return undefined;
    held = Buffer.concat([held, chunk]);
  }
  if (held.length > length) stream.unshift(held.subarray(length));
  return held.subarray(0, length);
}

/** A text in Latin-1 up to a zero byte, which is taken too. */
export async function readUntilZero(stream: Duplex, limit = 255): Promise<string | undefined> {
  let text = '';
  while (text.length <= limit) {
    const byte = await readBytes(stream, 1);
    if (!byte) return undefined;
    if (byte[0] === 0) return text;
    text += byte.toString('latin1');
  }
  return undefined;
}

/** The first byte, left in its stream. */
export async function peekByte(stream: Duplex): Promise<number | undefined> {
  const byte = await readBytes(stream, 1);
  if (byte) stream.unshift(byte);
  return byte?.[0];
}

/** Whatever comes next; undefined when nothing does any more. The stream may flow again afterwards. */
export function nextChunk(stream: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (chunk: Buffer | undefined): void => {
      stream.removeListener('readable', look).removeListener('end', leave).removeListener('close', leave);
      // The stream learns in the next tick that nobody waits for `readable` any more.
      process.nextTick(() => resolve(chunk));
    };
    const look = (): void => {
      const chunk = stream.read() as Buffer | null;
      if (chunk) settle(chunk);
    };
    const leave = (): void => settle(undefined);
    if (stream.readableEnded || stream.destroyed) {
      resolve(undefined);
      return;
    }
    stream.on('readable', look).once('end', leave).once('close', leave);
  });
}
