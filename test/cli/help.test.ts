import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { allCommands, commandNames } from '../../src/cli/commands/index.ts';
import { reporters } from '../../src/report/reporters/index.ts';
import { paclab } from '../kit/tools.ts';

const commands = await allCommands();
const names = ['', ...commandNames];

test('a command has the words under which it is listed', () => {
  expect(commands.map(({ name }) => name)).toEqual(commandNames);
});

test.each(names)('the help of paclab %s is its golden text and goes to standard output', async (name) => {
  const { out, err } = await paclab(`${name} --help`);
  expect(err).toBe('');
  await expect(out).toMatchFileSnapshot(`../golden/help${name && `-${name.replace(' ', '-')}`}.txt`);
});

test('every help ends with two examples, and each example is a command line that is understood', async () => {
  for (const { examples, name } of commands) {
    const { out } = await paclab(`help ${name}`);
    expect(out.trimEnd().split('\n').slice(-2)).toEqual(examples.map((example) => `  $ paclab ${example}`));
    for (const example of examples) expect(example.startsWith(name), example).toBe(true);
  }
});

test('the help of run names every reporter', async () => {
  const { out } = await paclab('run --help');
  for (const { name } of reporters) expect(out).toContain(name);
});

test('no words are answered with the help, as a mistake', async () => {
  const { code, out, err } = await paclab('');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('Usage: paclab');
});

/** Files and packages that are loaded as soon as `file` is. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith('.ts')) return seen;
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type)[^;]*?from '([^']+)'/gm);
  for (const [, target = ''] of statements)
    loadedWith(target.startsWith('.') ? join(dirname(file), target) : target, seen);
  return seen;
}

test('starting up loads no command, and no command loads a parser, a schema or an engine', () => {
  const folder = join(import.meta.dirname, '../../src/cli');
  const start = loadedWith(join(folder, 'program.ts'));
  expect([...start].filter((file) => file.startsWith(join(folder, 'commands')))).toEqual([
    join(folder, 'commands/index.ts'),
  ]);
  const files = readdirSync(join(folder, 'commands')).map((file) => join(folder, 'commands', file));
  const loaded = [...files.reduce((seen, file) => loadedWith(file, seen), start)];
  expect(loaded).toContain('commander');
  expect(
    loaded.filter((name) => /^(zod|yaml|quickjs|pac-resolver|@peculiar|http-proxy|dns2|tinyglobby)/.test(name)),
  ).toEqual([]);
});
