/** Programs that know nothing of us, told by `exec` where the proxy is and whom to trust. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { built, start } from '../kit/built.ts';
import type { Built } from '../kit/built.ts';

// Each is three processes, on machines that have other things to do.
vi.setConfig({ testTimeout: 60_000 });

const scenario = `version: 1
id: programs
name: A host behind a proxy that lets everything pass
lab:
  dns: { records: { www.example: { A: 203.0.113.10 }, proxy.corp.example: { A: 10.20.0.8 } } }
  hosts: { www.example: { https: { paths: { /: { body: hello } } } } }
  proxies: { edge: { listen: proxy.corp.example:8080 } }
clients: { tool: { profile: curl, trust: [public-ca] } }
expect:
  events:
    order: [{ proxy.request: { method: CONNECT, host: www.example } }, { origin.request: { target: / } }]
`;

let program: Built;
let folder: string;

beforeAll(async () => {
  [program, folder] = await Promise.all([built(), mkdtemp(join(tmpdir(), 'programs-'))]);
  await writeFile(join(folder, 'programs.yaml'), scenario);
}, 120_000);

afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const has = (name: string, ...words: string[]): boolean => {
  try {
    execFileSync(name, words, { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    process.stderr.write(`SKIPPED: exec is not tried with ${name}, which is not here or too old\n`);
    return false;
  }
};

/** The first that reads NODE_USE_ENV_PROXY is 22.21, and among the newer ones 24.5. */
const readsVariables = ['node', 'node24'].find((name) =>
  has(name, '-e', 'if (!process.allowedNodeEnvironmentFlags.has("--use-env-proxy")) process.exit(1)'),
);

const say = '.then((text) => process.stdout.write(text))';
const url = 'https://www.example/';
const get = (options: string): string =>
  `require('https').get('${url}', ${options}, (answer) => answer.pipe(process.stdout))`;

const programs: [what: string, words: string[], here: boolean][] = [
  ['curl', ['curl', '-sS', url], has('curl', '--version')],
  [
    'undici',
    [
      'node',
      '-e',
      `const { fetch, EnvHttpProxyAgent } = require('undici'); fetch('${url}', { dispatcher: new EnvHttpProxyAgent() }).then((answer) => answer.text())${say}`,
    ],
    true,
  ],
  [
    'https-proxy-agent',
    [
      'node',
      '-e',
      `import('https-proxy-agent').then(({ HttpsProxyAgent }) => ${get('{ agent: new HttpsProxyAgent(process.env.HTTPS_PROXY) }')})`,
    ],
    true,
  ],
  [
    'fetch of Node',
    [readsVariables ?? '', '-e', `fetch('${url}').then((answer) => answer.text())${say}`],
    readsVariables !== undefined,
  ],
  ['https of Node', [readsVariables ?? '', '-e', get('{}')], readsVariables !== undefined],
  [
    'urllib of Python',
    ['python3', '-c', `import sys, urllib.request; sys.stdout.write(urllib.request.urlopen('${url}').read().decode())`],
    has('python3', '--version'),
  ],
];

test.each(programs.filter(([, , here]) => here).map(([what, words]) => ({ what, words })))(
  '$what goes through the proxy and trusts the lab',
  async ({ words }) => {
    const ended = await start(program, ['exec', join(folder, 'programs.yaml'), '--', ...words]);
    expect(ended).toMatchObject({ code: 0, out: 'hello' });
    expect(ended.err).toContain('1 of 1 expectations met');
  },
);

test('a program that takes no proxy is told apart from one that does', async () => {
  const ended = await start(program, ['exec', join(folder, 'programs.yaml'), '--', 'node', '-e', '0']);
  expect(ended.code).toBe(1);
  expect(ended.err).toContain('0 of 1 expectations met');
});
