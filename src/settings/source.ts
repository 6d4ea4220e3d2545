/** A text that somebody sent, and how to point at a place in it. */
import type { Problem, SourcePlace } from '../failure.ts';

export interface SourceText {
  /** The name to show; never opened here. */
  file: string;
  text: string;
}

/** Line and column, from 1, of an offset in a text. */
export function placeAt({ file, text }: SourceText, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

const lineOf = ({ text }: SourceText, line: number): string => text.split(/\r?\n/)[line - 1] ?? '';

/** A mistake with its place and the whole line it is on. */
export function problemAt(
  source: SourceText,
  message: string,
  place: number | { line: number; column: number },
  hint?: string,
): Problem {
  const at = typeof place === 'number' ? placeAt(source, place) : { file: source.file, ...place };
  return { message, at, source: lineOf(source, at.line), ...(hint === undefined ? {} : { hint }) };
}
