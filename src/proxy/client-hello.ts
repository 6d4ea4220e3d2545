/** The first message of a TLS client (RFC 8446 section 4.1.2), as far as a device in the middle reads it. */
import { Transform } from 'node:stream';
import type { Duplex } from 'node:stream';

import { nextChunk } from './first-bytes.ts';

export interface ClientHello {
  /** Bytes of the record, its header included. */
  size: number;
  /** Lower case; null when the client names nobody. */
  serverName: string | null;
}

/** `more` while the record is not complete, undefined when this is no ClientHello. */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | undefined {
  if (bytes.length > 0 && bytes[0] !== 22) return undefined;
  if (bytes.length < 6) return 'more';
  const size = 5 + bytes.readUInt16BE(3);
  if (bytes[5] !== 1) return undefined;
  if (bytes.length < size) return 'more';
  try {
    return { size, serverName: serverNameIn(bytes.subarray(5, size)) };
  } catch {
    // It ends before its own lengths say so.
    return { size, serverName: null };
  }
}

function serverNameIn(hello: Buffer): string | null {
  let at = 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  at += 2;
  while (at + 4 <= hello.length) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    // RFC 6066 section 3: a list with one entry, type 0, and its name.
    if (type === 0) return hello.toString('latin1', at + 9, at + 4 + length).toLowerCase();
    at += 4 + length;
  }
  return null;
}

/** Holds the first bytes until it is clear what they are, then passes them, or not. */
export function afterHello(allow: (hello: ClientHello | undefined) => boolean): Transform {
  let held: Buffer | undefined = Buffer.of();
  let refused = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!held) return refused ? done() : done(null, chunk);
      held = Buffer.concat([held, chunk]);
      const hello = readClientHello(held);
      if (hello === 'more') return done();
      const bytes = held;
      held = undefined;
      refused = !allow(hello);
      return refused ? done() : done(null, bytes);
    },
    flush(done) {
      done(null, held);
    },
  });
}

/** What a client says first, left in its stream; undefined when it leaves, or says something else than TLS. */
export async function peekHello(stream: Duplex): Promise<ClientHello | undefined> {
  let held = Buffer.of();
  for (;;) {
    const chunk = await nextChunk(stream);
    if (!chunk) return undefined;
    held = Buffer.concat([held, chunk]);
    const hello = readClientHello(held);
    if (hello === 'more') continue;
    stream.unshift(held);
    return hello;
  }
}
