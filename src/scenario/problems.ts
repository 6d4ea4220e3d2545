/** Problems as people read them: the sentence, the place, the line itself, a caret, and what to write instead. */
import pc from 'picocolors';

import type { Problem } from '../failure.ts';
import { printable } from '../printable.ts';

export interface FormatOptions {
  colour: boolean;
}

/** All problems, an empty line between two. Ends with a line break. */
export function formatProblems(problems: readonly Problem[], { colour }: FormatOptions): string {
  const colours = pc.createColors(colour);
  return `${problems.map((problem) => formatProblem(problem, colours)).join('\n\n')}\n`;
}

/** In the order of the file, each said once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const key = (problem: Problem): string =>
    JSON.stringify([problem.at?.file, problem.at?.line, problem.at?.column, problem.message]);
  const seen = new Map(problems.map((problem) => [key(problem), problem]));
  return [...seen.values()].sort(
    (left, right) =>
      (left.at?.file ?? '').localeCompare(right.at?.file ?? '') ||
      (left.at?.line ?? 0) - (right.at?.line ?? 0) ||
      (left.at?.column ?? 0) - (right.at?.column ?? 0),
  );
}

type Colours = ReturnType<typeof pc.createColors>;

function formatProblem({ message, severity = 'error', hint, at, source, path }: Problem, colours: Colours): string {
  const paint = severity === 'error' ? colours.red : colours.yellow;
  const lines = [`${colours.bold(paint(severity))}${colours.bold(`: ${printable(message)}`)}`];
  const gutter = ' '.repeat(String(at?.line ?? 1).length);
  if (at) lines.push(`${gutter}${colours.blue('-->')} ${printable(at.file)}:${at.line}:${at.column}`);
  if (at && source !== undefined) {
    const view = cut(source, at.column);
    const bar = colours.blue('|');
    lines.push(`${gutter} ${bar}`);
    lines.push(`${colours.blue(String(at.line))} ${bar} ${printable(view.text)}`);
    const where = path ? ` ${colours.dim(printable(path))}` : '';
    lines.push(`${gutter} ${bar} ${padding(view.text, view.column)}${colours.red('^')}${where}`);
  }
  if (hint) lines.push(`${gutter} ${colours.blue('=')} ${colours.cyan(printable(hint))}`);
  return lines.join('\n');
}

const widest = 160;

/** A line that fits: a window around the column when it is long. */
function cut(text: string, column: number): { text: string; column: number } {
  if (text.length <= widest) return { text, column };
  const from = Math.max(0, column - 1 - widest / 2);
  const start = from > 0 ? '…' : '';
  const end = from + widest < text.length ? '…' : '';
  return { text: `${start}${text.slice(from, from + widest)}${end}`, column: column - from + start.length };
}

/** Whatever brings the caret under its column: tabs stay tabs, wide characters take two places. */
const padding = (text: string, column: number): string =>
  Array.from(text.slice(0, column - 1), (char) => (char === '\t' ? '\t' : ' '.repeat(width(char)))).join('');

const width = (char: string): number =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|[\u{1f300}-\u{1faff}]/u.test(char)
    ? 2
    : 1;
