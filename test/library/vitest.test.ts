import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '../../src/library/vitest.ts';
import { curl } from '../kit/published.ts';
import { root } from '../kit/scenarios.ts';

const challenge = join(root, 'scenarios', 'auth', 'auth-407-connect.yaml');
const target = 'https://tenant.msappproxy.net/bootstrap';

test('a test opens labs, as many as it likes', async ({ openLab }) => {
  const [one, two] = [await openLab(challenge), await openLab(challenge, { row: 1 })];
  expect(await one.client('service').fetch(target)).toMatchObject({ status: 407 });
  expect(one.diagnose().map(({ id }) => id)).toEqual(['auth-407-connect']);
  expect(two.diagnose()).toEqual([]);
});

test('what happened in a lab is written as pcapng, HAR and events', async ({ openLab }) => {
  const lab = await openLab(challenge);
  await lab.client('service').fetch(target);
  const folder = await mkdtemp(join(tmpdir(), 'capture-'));
  const read = async (name: string): Promise<Buffer> => {
    await lab.capture(join(folder, name));
    return readFile(join(folder, name));
  };
  expect((await read('run.pcapng')).readUInt32BE(0)).toBe(0x0a0d0d0a);
  expect(JSON.parse(String(await read('run.har')))).toHaveProperty('log.entries');
  expect(String(await read('run.ndjson'))).toContain('"proxy.challenged"');
  await rm(folder, { recursive: true });
});

test('a program outside finds the proxy and its authorities in the variables of a lab', async ({ openLab }) => {
  const lab = await openLab(challenge, { clock: 'real' });
  lab.change('proxies.edge.behaviour', 'allow');
  const { https_proxy: proxy = '', CURL_CA_BUNDLE: trust = '', NO_PROXY } = lab.env;
  expect(proxy).toBe(lab.proxies['edge']?.url);
  expect(NO_PROXY).toContain('localhost');
  // The dates of a lab with a real clock are those of the machine, so curl is satisfied with the certificate.
  const { out } = await curl('-x', proxy, '--cacert', trust, '-o', '/dev/null', '-w', '%{http_code}', target);
  expect(out).toBe('403');
});

test('the file with the authorities goes with its lab', async ({ openLab }) => {
  const lab = await openLab(challenge);
  const { SSL_CERT_FILE: file = '' } = lab.env;
  expect(await readFile(file, 'utf8')).toContain('BEGIN CERTIFICATE');
  await lab[Symbol.asyncDispose]();
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('a test that fails tells what its labs have found', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'failing-'));
  const file = join(folder, 'failing.test.ts');
  const fixture = join(root, 'src', 'library', 'vitest.ts');
  await writeFile(
    file,
    `import { expect, test } from ${JSON.stringify(fixture)};
test('fails', async ({ openLab }) => {
  const lab = await openLab(${JSON.stringify(challenge)});
  const { status } = await lab.client('service').fetch('${target}');
  expect(status).toBe(200);
});
test('passes', async ({ openLab }) => {
  await (await openLab(${JSON.stringify(challenge)})).client('service').fetch('${target}');
});
`,
  );
  await writeFile(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { include: [${JSON.stringify(file)}] } };`,
  );
  const words = ['run', '--root', folder, '--config', join(folder, 'vitest.config.mjs')];
  const said = await new Promise<string>((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', CI: '1' };
    const vitest = join(root, 'node_modules', '.bin', 'vitest');
    execFile(vitest, words, { cwd: root, env }, (_error, out, err) => resolve(out + err));
  });
  await rm(folder, { recursive: true });
  expect(said).toContain('1 failed');
  expect(said).toContain('expected 407 to be 200');
  expect(said).toContain('diagnosis auth-407-connect: The proxy demands credentials that the client cannot give');
  expect(said.match(/diagnosis auth-407-connect/g)).toHaveLength(1);
});
