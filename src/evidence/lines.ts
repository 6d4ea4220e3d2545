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

/** Calls for every line that is an entry of a log; other lines, but for empty ones, are noted. */
export const eachEntry = (
  source: Source,
  { entry, notes }: { entry: RegExp; notes: { note(text: string): void } },
  take: (match: RegExpExecArray, number: number) => void,
): Promise<number> =>
  eachLine(source, (text, number) => {
    const match = entry.exec(text);
    if (match) take(match, number);
    else if (text.trim() !== '') notes.note('a line that is no entry of the log');
  });
