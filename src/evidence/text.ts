/** Files that are held in memory as a whole: no larger than that is good for. */
import type { Source } from './source.ts';

const largest = 64 * 1024 * 1024;

/** All bytes of a file. `what` completes "… is larger than …". */
export async function bytesOf(source: Source, what: string): Promise<Buffer> {
  for (let wanted = 64 * 1024; wanted <= largest; wanted *= 4) {
    if (!(await source.fill(wanted))) return source.rest();
  }
  throw source.broken(`${what} of more than ${largest / 4 / 1024 / 1024} MiB is not read`);
}

/** The text of a file: UTF-8, or UTF-16 with its mark. */
export async function textOf(source: Source, what: string): Promise<string> {
  const bytes = await bytesOf(source, what);
  const mark = bytes.length > 1 ? bytes.readUInt16BE(0) : 0;
  const charset = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(charset).decode(bytes);
}
