/** What a stream hands over at once to be written. */
export type Pieces = { chunk: Buffer | string; encoding: BufferEncoding }[];

/** A few small pieces leave as one text: cheaper than a list of buffers. */
const small = 4096;

/** The bytes of small pieces, one character each; undefined when they are large, or their encoding is not such. */
export function asText(chunks: Pieces): string | undefined {
  let length = 0;
  for (const { chunk, encoding } of chunks) {
    length += chunk.length;
    if (length > small || (typeof chunk === 'string' && encoding !== 'latin1')) return undefined;
  }
  let text = '';
  for (const { chunk } of chunks) text += typeof chunk === 'string' ? chunk : chunk.toString('latin1');
  return text;
}

export const bytesOf = ({ chunk, encoding }: Pieces[number]): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
