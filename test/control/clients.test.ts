/** Findings about programs outside the lab: real curl, in a dozen of the shipped stories. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { diagnoseOutside } from '../../src/control/clients.ts';
import { diagnose } from '../../src/diagnosis/index.ts';
import type { Finding } from '../../src/finding.ts';
import { curl, startPublished } from '../kit/published.ts';
import type { Published } from '../kit/published.ts';
import { root } from '../kit/scenarios.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outside-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stories = readdirSync(join(root, 'scenarios'), { recursive: true, encoding: 'utf8' });
const story = (id: string): string =>
  join(root, 'scenarios', stories.find((path) => path.endsWith(`/${id}.yaml`)) ?? id);
const target = 'https://tenant.msappproxy.net/bootstrap';

/** Trusts whom the client of the story trusts. */
async function trusting({ scenario, lab }: Published): Promise<string[]> {
  const [client] = Object.values(scenario.model.clients);
  const pems = (client?.trust ?? ['public-ca']).map(async (name) => (await lab.pki.authority(name)).pem);
  const file = join(folder, `${scenario.model.id}.pem`);
  await writeFile(file, (await Promise.all(pems)).join(''));
  return ['--cacert', file];
}

/** When curl is gone, and the lab has heard of it: it has nothing more to say for a while. */
async function findings({ lab }: Published): Promise<Finding[]> {
  const { trace, clock } = lab;
  for (let seen = -1; seen !== trace.events.length;) {
    seen = trace.events.length;
    await clock.sleep(300);
  }
  return diagnoseOutside([...trace.events]);
}

test.each([
  'auth-407-connect',
  'auth-407-no-challenge',
  'policy-502-deny',
  'policy-proxy-dns-fail',
  'policy-proxy-upstream-refused',
  'proxy-accept-close',
  'proxy-bad-status-line',
  'proxy-connect-3xx',
  'proxy-rst-on-connect',
  'proxy-connect-stall',
  'tls-untrusted-ca',
  'tls-substitute-expired',
  'tls-substitute-name',
])('%s is found when curl runs into it, alone, and by events of the trace', async (id) => {
  await using lab = await startPublished(story(id));
  await curl('--max-time', '2', ...(await trusting(lab)), '-x', `http://${lab.at('edge')}`, target);
  const found = await findings(lab);
  expect(found.map((finding) => finding.id)).toEqual([id]);
  const numbers = lab.lab.trace.events.map(({ seq }) => seq);
  expect(found[0]?.evidence.length).toBeGreaterThan(0);
  expect(found[0]?.evidence.filter((seq) => !numbers.includes(seq))).toEqual([]);
});

test.each([
  ['wpad-dns-nxdomain', 'nxdomain'],
  ['wpad-dns-servfail', 'servfail'],
  ['pac-http-404', 'script'],
  ['pac-empty-body', 'script'],
])('%s is found when a client looks for its proxy, finds none, and goes directly', async (id, what) => {
  await using lab = await startPublished(story(id));
  const [address] = await lab
    .resolver()
    .resolve4('wpad.corp.example')
    .catch(() => []);
  expect(address === undefined).toBe(what !== 'script');
  if (address !== undefined) {
    const script = ['--connect-to', `::${lab.at('wpad.corp.example')}`, 'http://wpad.corp.example/wpad.dat'];
    await curl(...script);
  }
  await lab.resolver().resolve4('tenant.msappproxy.net');
  await curl('--max-time', '0.5', '--connect-to', `::${lab.at('tenant.msappproxy.net', 'https')}`, target);
  const found = (await findings(lab)).map((finding) => finding.id);
  expect(found).toEqual([id]);
  // The trace by itself shows the consequence alone.
  expect(diagnose(lab.lab.trace.events).map((finding) => finding.id)).toEqual(['direct-443-syn-blackhole']);
});

test.each(['pac-syntax-error', 'pac-runtime-throw'])(
  '%s is found when a client that has read the script goes directly: no profile can use it',
  async (id) => {
    await using lab = await startPublished(story(id));
    await lab.resolver().resolve4('wpad.corp.example');
    await curl('--connect-to', `::${lab.at('wpad.corp.example')}`, 'http://wpad.corp.example/wpad.dat');
    await curl('--max-time', '0.5', '--connect-to', `::${lab.at('tenant.msappproxy.net', 'https')}`, target);
    expect((await findings(lab)).map((finding) => finding.id)).toEqual([id]);
  },
);

test('wpad-dns-timeout is found when questions for wpad get no answer and others do', async () => {
  await using lab = await startPublished(story('wpad-dns-timeout'));
  expect(await lab.resolver().resolve4('tenant.msappproxy.net')).not.toEqual([]);
  expect(await findings(lab)).toEqual([]);
  for (const _ of ['first', 'again'])
    await lab
      .resolver()
      .resolve4('wpad.corp.example')
      .catch(() => []);
  const [finding, ...more] = await findings(lab);
  expect([finding?.id, more]).toEqual(['wpad-dns-timeout', []]);
  const asked = lab.events('dns.query').filter(({ data }) => data.name === 'wpad.corp.example');
  expect(finding?.evidence).toEqual(expect.arrayContaining(asked.map(({ seq }) => seq)));
});

test.each(['base-wpad-proxy-ok', 'base-explicit-proxy-ok'])(
  'nothing is found where nothing is wrong: %s',
  async (id) => {
    await using lab = await startPublished(story(id));
    await curl(...(await trusting(lab)), '-x', `http://${lab.at('edge')}`, target);
    expect(await findings(lab)).toEqual([]);
  },
);
