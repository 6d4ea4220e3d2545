/** A text file line by line, however long it is. */
import type { Source } from './source.ts';

/** A longer line is cut: no log has one. */
const longest = 256 * 1024;

/** Calls for every line, with its number from 1; gives how many there were. */
export async function eachLine(source: Source, take: (line: string, number: number) => void): Promise<number> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  while (source.has(1) || (await source.fill(1))) {
    const lines = (rest + decoder.decode(source.rest(), { stream: true })).split('\n');
    rest = (lines.pop() ?? '').slice(0, longest);
    for (const line of lines) take(line.replace(/\r$/, ''), (number += 1));
  }
  if (rest !== '') take(rest, (number += 1));
  return number;
}
