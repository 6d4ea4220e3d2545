/** Texts in UTF-16, as shells of Windows write them: read as UTF-8, so that formats know one encoding. */

const charsetOf = (head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
};

/** The beginning of a file. What is no such text stays as it is. */
export function plainHead(head: Buffer): Buffer {
  const charset = charsetOf(head);
  return charset === undefined ? head : Buffer.from(new TextDecoder(charset).decode(head, { stream: true }));
}

/** All of it, piece by piece. */
export async function* plainPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | null | undefined;
  let held = Buffer.alloc(0);
  for await (const piece of pieces) {
    // Two bytes tell, and the first piece may have one.
    const bytes: Uint8Array = decoder === undefined && held.length > 0 ? Buffer.concat([held, piece]) : piece;
    if (decoder === undefined && bytes.length < 2) {
      held = Buffer.from(bytes);
      continue;
    }
    if (decoder === undefined) {
      const charset = charsetOf(bytes);
      decoder = charset === undefined ? null : new TextDecoder(charset);
      held = Buffer.alloc(0);
    }
    yield decoder === null ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  if (held.length > 0) yield held;
}
