import { expect, test } from 'vitest';
import { z } from 'zod';

import { InputError } from '../../src/failure.ts';
import type { Problem } from '../../src/failure.ts';
import { readScenarioFile } from '../../src/scenario/read.ts';
import { storyPresets, storySchema } from '../kit/story-schema.ts';

const anything = z.unknown();

const problemsOf = (input: string | Uint8Array, schema: z.ZodType = anything): readonly Problem[] => {
  try {
    readScenarioFile(input, 'story.yaml', schema);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
};

test('a reference that is the whole value keeps the type, one inside a text becomes text', () => {
  const { rows } = readScenarioFile(
    [
      'vars: { port: 8080, deep: { host: a.example } }',
      'matrix: { list: [[x, y]] }',
      'n: $(vars.port)',
      'l: $(matrix.list)',
      't: $(vars.deep.host):$(vars.port)',
      'e: $$(vars.port) and $5',
    ].join('\n'),
    'story.yaml',
    anything,
  );
  expect(rows.map(({ value }) => value)).toEqual([
    { n: 8080, l: ['x', 'y'], t: 'a.example:8080', e: '$(vars.port) and $5' },
  ]);
});

test('a file without matrix has one row, and a matrix has the product of its lists, the last one fastest', () => {
  const rowsOf = (text: string): unknown[] => readScenarioFile(text, 'f.yaml', anything).rows.map(({ row }) => row);
  expect(rowsOf('a: 1')).toEqual([{}]);
  expect(rowsOf('matrix: { a: [1, 2], b: [x, [y, z]] }')).toEqual([
    { a: 1, b: 'x' },
    { a: 1, b: ['y', 'z'] },
    { a: 2, b: 'x' },
    { a: 2, b: ['y', 'z'] },
  ]);
});

test('variables may name the matrix and differ by row', () => {
  const text = 'matrix: { n: [1, 2] }\nvars: { host: h$(matrix.n).example }\nhost: $(vars.host)';
  expect(readScenarioFile(text, 'f.yaml', anything).rows.map(({ value }) => value)).toEqual([
    { host: 'h1.example' },
    { host: 'h2.example' },
  ]);
});

test('a matrix of thousands of rows is refused', () => {
  const list = `[${Array.from({ length: 40 }, (_, index) => index).join(', ')}]`;
  expect(problemsOf(`matrix: { a: ${list}, b: ${list} }`)[0]?.message).toBe('the matrix has more than 1000 rows');
  expect(problemsOf(`matrix: { a: ${list} }`)).toEqual([]);
});

test('what the file says lies on top of its preset: mappings merge, lists and other kinds are replaced', () => {
  const read = (lab: string): unknown =>
    readScenarioFile(`version: 1\nid: a\nlab: ${lab}`, 'f.yaml', storySchema, { presets: storyPresets }).rows[0]?.value
      .lab;
  expect(read('{ extends: office }')).toEqual({
    dns: { suffix: 'corp.example' },
    open: false,
    proxies: {
      edge: { listen: 'edge.corp.example:8080', behaviour: { kind: 'challenge', schemes: ['ntlm'] }, rules: [] },
    },
  });
  expect(read('{ extends: office, proxies: { edge: { behaviour: { schemes: [basic] } } } }')).toMatchObject({
    proxies: { edge: { listen: 'edge.corp.example:8080', behaviour: { kind: 'challenge', schemes: ['basic'] } } },
  });
  expect(
    read('{ extends: [base, office], proxies: { edge: { behaviour: { kind: respond, status: 502 } } } }'),
  ).toMatchObject({
    proxies: { edge: { behaviour: { kind: 'respond', status: 502 } } },
  });
});

test('a mistake that lies in a preset is shown at the line that extends it', () => {
  const presets = { odd: { opne: true } };
  const read = (): unknown =>
    readScenarioFile('version: 1\nid: a\nlab:\n  extends: odd\n', 'f.yaml', storySchema, { presets });
  expect(read).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ at: { file: 'f.yaml', line: 4, column: 3 } })] }),
  );
});

test('places point at words, at the keys of mappings and lists, and at the nearest thing for what is not written', () => {
  const [row] = readScenarioFile('a: &x\n  b: word\n  c:\n    - 1\n    - { d: 2 }\nz: *x\n', 'f.yaml', anything).rows;
  const at = (...path: (string | number)[]): unknown => {
    const { line, column } = row?.at(path) ?? {};
    return [line, column];
  };
  expect(at('a', 'b')).toEqual([2, 6]);
  expect(at('a', 'c')).toEqual([3, 3]);
  expect(at('a', 'c', 1)).toEqual([5, 7]);
  expect(at('a', 'c', 1, 'd')).toEqual([5, 12]);
  expect(at('a', 'nobody')).toEqual([1, 1]);
  expect(at('z', 'b')).toEqual([2, 6]);
});

test('a second look can complain at a place of the file', () => {
  const [row] = readScenarioFile('a:\n  b: word\n', 'f.yaml', anything).rows;
  expect(row?.problem(['a', 'b'], 'no such proxy', { hint: 'did you mean x?' })).toEqual({
    message: 'no such proxy',
    hint: 'did you mean x?',
    at: { file: 'f.yaml', line: 2, column: 6 },
    source: '  b: word',
    path: 'a.b',
  });
});

test('files that are too large, UTF-16, no UTF-8 or nested without end are refused; a byte order mark is not', () => {
  const message = (input: string | Uint8Array): string | undefined => problemsOf(input)[0]?.message;
  expect(message(`a: ${'x'.repeat(1_000_000)}`)).toMatch(/has 1000003 bytes/);
  expect(message(new Uint8Array([0xff, 0xfe, 0x61, 0]))).toBe('the file is UTF-16');
  expect(message(new Uint8Array([0x61, 0x3a, 0x20, 0xff]))).toBe('the file is not UTF-8 text');
  expect(message(`a: ${'['.repeat(20_000)}`)).toBe('the file is nested too deeply');
  expect(message(Buffer.from('\ufeffa: 1'))).toBeUndefined();
});

test('CRLF files have the same places and the same values', () => {
  const [row] = readScenarioFile('a: 1\r\nb: |\r\n  x\r\n  y\r\n', 'f.yaml', anything).rows;
  expect(row?.value).toEqual({ a: 1, b: 'x\ny\n' });
  expect(row?.at(['b'])).toMatchObject({ line: 2, column: 4 });
});

test('a key called __proto__ is a key like any other', () => {
  expect(problemsOf('version: 1\nid: a\nlab: { extends: x, __proto__: { open: true } }', storySchema).length).toBe(2);
  expect(({} as { open?: boolean }).open).toBeUndefined();
});
