import { expect, test } from 'vitest';

import { formatProblems, sortProblems } from '../../src/scenario/problems.ts';

const problem = {
  message: "unknown key 'behavior'",
  hint: "did you mean 'behaviour'?",
  at: { file: 'a.yaml', line: 12, column: 4 },
  source: '\tx behavior: allow',
  path: 'lab.behavior',
};

test('a tab before the caret stays a tab, so the caret stays under its column', () => {
  expect(formatProblems([problem], { colour: false })).toBe(
    [
      "error: unknown key 'behavior'",
      '  --> a.yaml:12:4',
      '   |',
      '12 | \tx behavior: allow',
      '   | \t  ^ lab.behavior',
      "   = did you mean 'behaviour'?",
      '',
    ].join('\n'),
  );
});

test('colours are written only when they are wanted', () => {
  expect(formatProblems([problem], { colour: true })).toContain('\u001b[');
  expect(formatProblems([problem], { colour: false })).not.toContain('\u001b[');
});

test('a problem without a place is one sentence', () => {
  expect(formatProblems([{ message: 'nothing fits' }], { colour: false })).toBe('error: nothing fits\n');
});

test('problems come in the order of the file, each once', () => {
  const at = (line: number, column: number): { file: string; line: number; column: number } => ({
    file: 'a',
    line,
    column,
  });
  const sorted = sortProblems([
    { message: 'c', at: at(10, 1) },
    { message: 'a', at: at(2, 9) },
    { message: 'b', at: at(2, 10) },
    { message: 'a', at: at(2, 9) },
  ]);
  expect(sorted.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
});
