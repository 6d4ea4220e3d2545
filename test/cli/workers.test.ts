/** `run --workers` in the program as users start it. */
import { afterAll, expect, test } from 'vitest';

import type { RunResult } from '../../src/run/record.ts';
import { built, start } from '../kit/built.ts';

const program = await built();
afterAll(() => program[Symbol.asyncDispose]());

const told = (out: string) => (JSON.parse(out) as RunResult).runs.map((record) => ({ ...record, wallMs: 0 }));

test('two workers give the same records in the same order as none', async () => {
  const words = ['run', 'scenarios/baselines', 'scenarios/servicebus', '--json'];
  const [alone, together] = await Promise.all([start(program, words), start(program, [...words, '--workers', '2'])]);
  expect([alone.code, together.code]).toEqual([0, 0]);
  expect(told(together.out)).toEqual(told(alone.out));
  expect(told(alone.out).length).toBeGreaterThan(10);
}, 60_000);

test('a signal ends a suite with workers at once, with the reports of what was done', async () => {
  const { code, out } = await start(program, ['run', 'scenarios', '--workers', '2', '--reporter', 'dot'], {
    act: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
  });
  expect(code).toBe(130);
  expect(out).toMatch(/passed|nothing ran/);
}, 60_000);
