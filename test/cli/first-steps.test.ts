/** What a new user meets: init, doctor, completion. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

import { rules } from '../../src/diagnosis/index.ts';
import { engine } from '../../src/cli/engine.ts';
import { paclab } from '../kit/tools.ts';

test('init writes a scenario that passes, and keeps what is there', async () => {
  const first = await paclab('init', { files: { 'scenarios/scenario.schema.json': 'mine' } });
  expect(first.code).toBe(0);
  expect(first.out).toContain('written  scenarios/hello.yaml');
  expect(first.out).toContain('kept     scenarios/scenario.schema.json');
  expect(first.files['scenarios/scenario.schema.json']).toBe('mine');
  const { code, out } = await paclab('run', { files: first.files, engine });
  expect([code, out]).toEqual([0, expect.stringContaining('1 passed')]);
});

test('doctor knows what is there and what is not, and what it is wanted for', async () => {
  const { code, out } = await paclab('doctor --json');
  const { checks } = JSON.parse(out) as { checks: { name: string; state: string; says: string }[] };
  expect(code).toBe(0);
  const stateOf = (name: string) => checks.find((check) => check.name === name)?.state;
  expect([stateOf('Node'), stateOf('PAC engine'), stateOf('loopback')]).toEqual(['good', 'good', 'good']);
  // This session has no PATH.
  expect(checks.find(({ name }) => name === 'curl')).toEqual({
    name: 'curl',
    state: 'missing',
    says: 'not on the PATH; wanted as a real client of a lab',
  });
});

const complete = (script: string, words: string[]): string[] =>
  execFileSync(
    'bash',
    [
      '-c',
      `${script}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _paclab; echo "\${COMPREPLY[@]}"`,
    ],
    { encoding: 'utf8', cwd: '/' },
  )
    .trim()
    .split(/\s+/);

test('bash completes commands, second words, options and ids', async () => {
  const { out } = await paclab('completion bash', { rules });
  expect(complete(out, ['paclab', 'ex'])).toContain('explain');
  expect(complete(out, ['paclab', 'pac', 'ex'])).toEqual(['explain']);
  expect(complete(out, ['paclab', 'pac', 'eval', '--pr'])).toEqual(['--profile']);
  expect(complete(out, ['paclab', 'run', 'auth-407-conn'])).toEqual(['auth-407-connect']);
  expect(complete(out, ['paclab', 'run', '--max'])).toEqual(['--max-failures']);
});

test('every shell has a script, and an unknown one a suggestion', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) expect((await paclab(`completion ${shell}`)).code).toBe(0);
  expect((await paclab('completion fis')).err).toContain('fish');
});
