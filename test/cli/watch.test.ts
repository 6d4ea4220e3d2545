/** `run --watch`: real files, a real engine, and a user at the keys. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { disk } from '../../src/cli/disk.ts';
import { engine } from '../../src/cli/engine.ts';
import { runCli } from '../../src/cli/program.ts';
import { Stopped } from '../../src/cli/tools.ts';
import { root } from '../kit/scenarios.ts';

const scenario = (id: string, more: string, route = 'DIRECT'): string => `version: 1
id: ${id}
name: A story
lab:
  dns: { suffix: corp.example, records: { wpad.corp.example: { A: 10.20.0.5 }, www.example: { A: 203.0.113.10 } } }
  hosts: { www.example: { http: { /: { body: hi } } }, wpad.corp.example: { http: { /wpad.dat: { type: application/x-ns-proxy-autoconfig, ${more} } } } }
clients: { tool: { profile: chromium, settings: { browser: { mode: auto-detect } } } }
steps: [{ fetch: { url: http://www.example/, client: tool }, expect: { route: ${route} } }]
`;
const script = (answer: string): string => `function FindProxyForURL(url, host) { return "${answer}"; }\n`;

interface Watching extends AsyncDisposable {
  write: (name: string, text: string) => Promise<void>;
  press: (keys: string) => void;
  /** What has been said since the last time, once it holds this. */
  says: (text: string) => Promise<string>;
  stop: AbortController;
  code: Promise<number>;
}

async function watching(files: Readonly<Record<string, string>>, ...words: string[]): Promise<Watching> {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const screen = { colour: false, interactive: false, columns: 100 };
  const stop = new AbortController();
  let [said, from] = ['', 0];
  let hear: ((key: string) => void) | undefined;
  const sink = { screen, write: (text: string) => void (said += text) };
  const code = runCli(['run', folder, '--watch', '--output', join(folder, 'out'), ...words], {
    version: '1.2.3',
    home: root,
    env: {},
    stdout: sink,
    stderr: sink,
    files: disk,
    signal: stop.signal,
    keys(listener) {
      hear = listener;
      return { [Symbol.dispose]: () => (hear = undefined) };
    },
    shipped: () => Promise.reject(new Error('nothing is needed')),
    engine: () => Promise.resolve(engine),
    rules: () => Promise.resolve([]),
  });
  return {
    write,
    stop,
    code,
    press: (keys) => keys.split('').forEach((key) => hear?.(key)),
    async says(text) {
      await expect.poll(() => said.slice(from), { timeout: 20_000 }).toContain(text);
      const part = said.slice(from);
      from = said.length;
      return part;
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Stopped('SIGTERM', 15));
      await code;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const two = {
  'one.yaml': scenario('one', 'pac: ./corp.pac'),
  'two.yaml': scenario('two', `pacText: '${script('DIRECT').trim()}'`),
  'corp.pac': script('DIRECT'),
};

test('a change of a script runs the scenarios that read it again, and no other', { timeout: 60_000 }, async () => {
  await using watched = await watching(two);
  const first = await watched.says('watching 3 files');
  expect(first).toContain('2 passed');
  await watched.write('corp.pac', script('PROXY nowhere.example:1'));
  const second = await watched.says('watching');
  expect(second).toContain('corp.pac');
  expect(second).toMatch(/✗ one\b/);
  expect(second).not.toMatch(/[✓✗] two\b/);
  await watched.write('two.yaml', two['two.yaml'].replace('A story', 'Another story'));
  expect(await watched.says('watching')).toMatch(/changed: .*two\.yaml\n[^]*✓ two\b/);
  watched.press('f');
  const failing = await watched.says('watching');
  expect(failing).toMatch(/✗ one\b/);
  expect(failing).not.toMatch(/[✓✗] two\b/);
  await watched.write('three.yaml', scenario('three', 'pac: ./corp.pac', 'PROXY nowhere.example:1'));
  expect(await watched.says('watching 4 files')).toMatch(/✓ three\b/);
});

test('a file that cannot be used is told of with its place, and watched on', { timeout: 60_000 }, async () => {
  await using watched = await watching(two);
  await watched.says('watching 3 files');
  await watched.write('two.yaml', two['two.yaml'].replace('steps', 'stepz'));
  expect(await watched.says('watching')).toContain("unknown key 'stepz'");
  await watched.write('two.yaml', two['two.yaml']);
  expect(await watched.says('watching')).toMatch(/✓ two\b/);
});

test('keys choose by text and by tags, run all, and end it at once', { timeout: 60_000 }, async () => {
  await using watched = await watching(two);
  await watched.says('watching 3 files');
  watched.press('ptqwo\u007f\u007f\u007fwo\r');
  const some = await watched.says('watching');
  expect(some).toContain('1 passed');
  expect(some).toMatch(/✓ two\b/);
  watched.press('tauth\r');
  expect(await watched.says('watching')).toContain('none of 2 runs fits the options');
  watched.press('a');
  expect(await watched.says('watching')).toContain('2 passed');
  watched.press('q');
  expect(await watched.code).toBe(0);
});

test('a signal ends it with its own code', { timeout: 60_000 }, async () => {
  await using watched = await watching(two);
  await watched.says('watching 3 files');
  watched.stop.abort(new Stopped('SIGINT', 2));
  expect(await watched.code).toBe(130);
});

test('what makes no sense together is refused', async () => {
  await using watched = await watching(two, '--last-failed');
  expect(await watched.code).toBe(2);
  await watched.says('--watch and --last-failed do not go together');
});
