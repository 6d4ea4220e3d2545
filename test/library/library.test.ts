import { join } from 'node:path';

import { expect, test } from 'vitest';

import { InputError, loadPac, runScenarios, startLab } from '../../src/index.ts';

const scenarios = join(import.meta.dirname, '..', '..', 'scenarios');

test('a program drives a lab: a client fetches, the lab changes, time passes, and it is diagnosed', async () => {
  await using lab = await startLab(join(scenarios, 'auth', 'auth-407-connect.yaml'));
  const service = lab.client('service');
  const refused = await service.fetch('https://tenant.msappproxy.net/bootstrap');
  expect(refused).toMatchObject({ route: 'PROXY proxy.corp.example:8080', status: 407 });
  expect(lab.diagnose().map(({ id }) => id)).toEqual(['auth-407-connect']);
  lab.change('proxies.edge.behaviour', 'allow');
  await lab.clock.advance('10m');
  expect(lab.clock.now()).toBe(600_000);
  expect(await service.fetch('https://tenant.msappproxy.net/bootstrap')).toMatchObject({ status: 200, error: null });
});

test('a lab is written as an object too, and may expect nothing', async () => {
  await using lab = await startLab({
    version: 1,
    id: 'own',
    name: 'A lab of my own',
    lab: { proxies: { edge: { listen: '10.20.0.8:8080' } } },
  });
  expect(lab.proxies['edge']?.address).toBe('10.20.0.8:8080');
  expect(lab.env['https_proxy']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await lab.ca()).toContain('BEGIN CERTIFICATE');
  expect(() => lab.change('proxies.edge.behaviour', 'explode')).toThrow(InputError);
});

test('runScenarios gives the records of the command line', async () => {
  const { summary, runs } = await runScenarios(join(scenarios, 'policy', 'policy-502-deny.yaml'));
  expect(summary).toMatchObject({ passed: 1, failed: 0, broken: 0 });
  expect(runs[0]).toMatchObject({ id: 'policy-502-deny', verdict: 'passed' });
});

test('a source that cannot be used is refused with all its mistakes', async () => {
  await expect(runScenarios({ version: 1, id: 'Bad Id', nam: 'x' })).rejects.toThrow(InputError);
  await expect(runScenarios(join(scenarios, 'no-such.yaml'))).rejects.toThrow(/no file or folder/);
});

test('loadPac resolves a URL as a profile does', async () => {
  using pac = await loadPac(
    'function FindProxyForURL(url, host) { return isPlainHostName(host) ? "DIRECT" : "PROXY p:1"; }',
  );
  expect((await pac.resolve('http://a.example/', { profile: 'chromium' })).routes).toEqual(['PROXY p:1']);
  expect((await pac.resolve('http://intranet/', { profile: 'chromium' })).routes).toEqual(['DIRECT']);
});
