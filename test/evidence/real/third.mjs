/**
 * Makes the third set of captures: real programs, each on a machine of its own (a network namespace), meet the faults of
 * the lab at the story's addresses, with the kernel's firewall, while dumpcap listens on the cable of that machine. Needs
 * what make.mjs needs, and Node 24, which runs TypeScript as it is.
 *
 *   node test/evidence/real/third.mjs [name…] [--keep FOLDER]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cases } from './third-cases.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
if (process.env.PACLAB_INSIDE !== '1') {
  const { status } = spawnSync(
    'unshare',
    ['--net', '--mount', process.execPath, fileURLToPath(import.meta.url), ...words],
    { env: { ...process.env, PACLAB_INSIDE: '1' }, stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}

const src = '../../../src';
const { machineFor } = await import(`${src}/browser/machine.ts`);
const { browsers } = await import(`${src}/browser/browsers/index.ts`);
const { watchCable } = await import(`${src}/beside/cable.ts`);
const { prepareNamespace, wire } = await import(`${src}/beside/wiring.ts`);
const { startLab } = await import(`${src}/lab/lab.ts`);
const { Scope } = await import(`${src}/scope.ts`);
const { shippedScenarios } = await import('../../kit/scenarios.ts');

const keepAt = words.indexOf('--keep');
const out = keepAt < 0 ? join(here, 'captures') : words.splice(keepAt, 2)[1];
const work = mkdtempSync(join(tmpdir(), 'paclab-third-'));
const env = { PATH: process.env.PATH, HOME: work };
const programs = { chromium: 'chromium', firefox: 'firefox-esr' };
const all = await shippedScenarios();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function scenarioOf({ scenario: id, expect, row = 0, healthy = false }) {
  const found = all.filter(({ model }) => model.id === (id ?? expect))[row];
  return healthy ? { ...found, model: found.twin } : found;
}

async function capture(one) {
  const scenario = scenarioOf(one);
  const { model } = scenario;
  await using scope = new Scope();
  const lab = scope.use(await startLab(scenario, { clock: 'real', bytes: false }));
  const [name] = Object.keys(model.clients);
  const { address, ipv6 } = model.clients[name];
  const { dns } = model.lab;
  const search = dns.search ?? (dns.suffix ? [dns.suffix] : []);
  const machine = scope.use(await machineFor({ address, ipv6, dns: dns.address, search, number: 0, env }));
  const wiring = await wire(lab, model.lab, [{ name, address, cable: 'client0' }], env);
  scope.defer(() => wiring[Symbol.asyncDispose]());
  const trust = [(await lab.pki.authority('public-ca')).pem, (await lab.pki.authority('inspection-ca')).pem];
  const file = join(work, 'trust.pem');
  writeFileSync(file, trust.join(''));
  let watch = one.late ? undefined : scope.use(await watchCable('client0', machine.folder, env));
  if (one.browser) await browse(one, { lab, machine, trust });
  else {
    const running = scope.use(machine.start(one.run({ trust: file, node: process.execPath })));
    if (one.late) {
      await sleep(3500);
      watch = scope.use(await watchCable('client0', machine.folder, env));
    }
    await Promise.race([running.ended, sleep(30_000)]);
  }
  await sleep(500);
  const raw = await watch.end();
  // By way of pcap: nothing of this machine stays in the file.
  const plain = join(work, `${one.name}.pcap`);
  execFileSync('editcap', ['-F', 'nsecpcap', raw, plain]);
  copyFileSync(plain, join(out, `${one.name}.pcap`));
}

async function browse({ browser: which, settings, visits, credentials = null, certificate }, { lab, machine, trust }) {
  const browser = browsers.find(({ name }) => name === which);
  const leaf = certificate ? await lab.pki.clientCertificate('connector') : undefined;
  await using running = await browser.start(programs[which], {
    machine,
    settings: { own: true, autoDetect: false, scriptUrl: null, proxy: '', bypass: '', mandatory: false, ...settings },
    trust,
    certificate: leaf ? { certificate: leaf.chainPem, key: leaf.keyPem } : null,
    credentials,
    now: lab.clock.now,
    env,
  });
  for (const url of visits) await running.visit(url, 15_000);
  await running.close();
}

try {
  mkdirSync(out, { recursive: true });
  await prepareNamespace(env);
  for (const one of cases) {
    if (words.length > 0 && !words.includes(one.name)) continue;
    await capture(one);
    process.stdout.write(`${one.name}\n`);
  }
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 3 });
}
process.exit(0);
