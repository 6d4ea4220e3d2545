import { expect, test } from 'vitest';

import { Stopped } from '../../src/cli/tools.ts';
import { paclab, story } from '../kit/tools.ts';

const files = {
  'scenarios/good.yaml': story('good'),
  'scenarios/sub/fails.yaml': story('fails'),
  'scenarios/sub/breaks.yaml': story('breaks'),
  'late/hangs.yaml': story('hangs'),
  'late/bug.yaml': story('bug'),
  'bad/typo.yaml': 'id: typo\nnmae: x\ntags: no\n',
};

test.each([
  ['run scenarios/good.yaml', 0],
  ['run good', 0],
  ['list', 0],
  ['lint scenarios', 0],
  ['--help', 0],
  ['run --help', 0],
  ['help pac eval', 0],
  ['--version', 0],
  ['run fails', 1],
  ['run scenarios', 1],
  ['lint bad', 1],
  ['', 2],
  ['pac', 2],
  ['rnu', 2],
  ['help rnu', 2],
  ['run --tga x', 2],
  ['run nowhere.yaml', 2],
  ['run bad', 2],
  ['run scenarios bad', 2],
  ['run --tag and scenarios', 2],
  ['run --shard 3/2 scenarios', 2],
  ['run --max-failures none scenarios', 2],
  ['run --timeout 10 scenarios', 2],
  ['run --clock wrong scenarios', 2],
  ['run --reporter lst scenarios', 2],
  ['run --reporter junit: scenarios', 2],
  ['run --json --reporter list scenarios', 2],
  ['explain nothing', 2],
  ['schema nothing', 2],
  ['run breaks', 3],
  ['run good --reporter junit:/full/out.xml', 3],
  ['run scenarios --tag nobody', 4],
  ['list scenarios --grep nobody', 4],
  ['run late/hangs.yaml --timeout 5ms', 5],
  ['run late/bug.yaml', 70],
])('paclab %s ends with %i', async (line, code) => {
  expect(await paclab(line, { files })).toMatchObject({ code });
});

test('nothing runs when one of several files is wrong, and all mistakes of all files are said', async () => {
  const { out, err } = await paclab('run scenarios bad', { files });
  expect(out).toBe('');
  expect(err).toContain("unknown key 'nmae'");
  expect(err).toContain('bad/typo.yaml:3:7');
});

test.each([
  ['SIGINT', 2, 130],
  ['SIGTERM', 15, 143],
] as const)(
  '%s while a run hangs ends with its code, and what had been run is reported',
  async (name, number, code) => {
    const stop = new AbortController();
    const running = paclab('run scenarios/good.yaml late/hangs.yaml', { files, signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Stopped(name, number));
    const ended = await running;
    expect(ended.code).toBe(code);
    expect(ended.out).toContain('✓ good');
    expect(ended.out).toContain('1 passed');
  },
);

test('time that is up says how far the suite came, and reports it', async () => {
  const { out, err } = await paclab('run scenarios/good.yaml late/hangs.yaml --timeout 5ms', { files });
  expect(out).toContain('1 passed');
  expect(err).toBe('time is up after 1 of 2 runs\n');
});

test('a mistake of ours shows its stack and asks for a report', async () => {
  const { err } = await paclab('run late/bug.yaml', { files });
  expect(err).toContain('TypeError: undefined is not a function');
  expect(err).toContain('Please report it');
});

test('a folder without scenarios is nothing, not a success', async () => {
  expect(await paclab('run', { files: {} })).toMatchObject({ code: 4, err: 'no scenario files here\n' });
  expect(await paclab('lint', { files: {} })).toMatchObject({ code: 4 });
});
