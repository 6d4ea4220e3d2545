/** The backend leg where it looks broken and is not, and where it may be broken otherwise. */
import { expect, test } from 'vitest';

import type { Finding } from '../../src/finding.ts';
import { runScenario } from '../../src/run/run.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

async function findingsOf(settings: string, { lab = '', steps }: { lab?: string; steps: string }): Promise<Finding[]> {
  const [scenario] = await scenarioFrom(`
version: 1
id: backend
name: A way to an application
lab:
  extends: intranet
  ${lab}
clients:
  service:
    profile: dotnet-framework
    program: connector
    settings: { defaultProxy: { enabled: false }, ${settings} }
    certificates: [connector]
steps:
  - start: service
${steps}
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const { findings, broken } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  expect(broken).toBeUndefined();
  return [...findings];
}

const visit = (url: string): string => `  - visit: { url: '${url}', client: service }`;
const open = 'firewall: { rules: [] }';
const machineProxy = "netsh: { proxy: 'proxy.corp.example:8080' }";

test('an application that is down in an open network is no matter of proxies', async () => {
  const findings = await findingsOf('', { lab: open, steps: visit('http://app.corp.example:8081/') });
  expect(findings.map(({ id }) => id)).toEqual(['be-gateway-timeout-vs-bad-gateway']);
});

test('where a proxy stands unused, a refused connection is likely the missing flag, a silent one is for certain', async () => {
  const refused = await findingsOf(machineProxy, { lab: open, steps: visit('http://app.corp.example:8081/') });
  expect(refused).toMatchObject([
    { id: 'be-flag-absent', confidence: 'likely', alternatives: [{ id: 'be-gateway-timeout-vs-bad-gateway' }] },
  ]);
  const silent = await findingsOf(machineProxy, { steps: visit('http://app.corp.example/') });
  expect(silent).toMatchObject([{ id: 'be-flag-absent', confidence: 'certain', alternatives: [] }]);
});

test('an application that was reached directly before needs no flag', async () => {
  const findings = await findingsOf(machineProxy, {
    lab: open,
    steps: [visit('http://app.corp.example/'), visit('http://app.corp.example:8081/')].join('\n'),
  });
  expect(findings.map(({ id }) => id)).toEqual(['be-gateway-timeout-vs-bad-gateway']);
});

test('an exception that covers another name hides nothing', async () => {
  const settings = `registry: { UseDefaultProxyForBackendRequests: 1 }, netsh: { proxy: 'proxy.corp.example:8080', bypass: '*.other.example;<local>' }`;
  expect(await findingsOf(settings, { steps: visit('http://app.corp.example/') })).toEqual([]);
});

test('an application’s own 401, 403 and 404 are its own business', async () => {
  const lab = `${open}
  hosts: { app.corp.example: { http: { /a: { status: 401 }, /b: { status: 403 } } } }`;
  const steps = ['a', 'b', 'c'].map((path) => visit(`http://app.corp.example/${path}`)).join('\n');
  expect(await findingsOf('', { lab, steps })).toEqual([]);
});

test('an application of 80 s is slow and within the limit', async () => {
  const lab = `${open}
  hosts: { app.corp.example: { http: { /slow: { body: late, delay: 80s } } } }`;
  expect(await findingsOf('', { lab, steps: visit('http://app.corp.example/slow') })).toEqual([]);
});

test('a proxy that refuses plain http to an application is found; the application’s own 403 behind it is not', async () => {
  const settings = `registry: { UseDefaultProxyForBackendRequests: 1 }, ${machineProxy}`;
  const answering = (rules: string) =>
    findingsOf(settings, {
      lab: `proxies: { inner: { ${rules} } }\n  hosts: { app.corp.example: { http: { /own: { status: 403 } } } }`,
      steps: visit('http://app.corp.example/own'),
    });
  const rule = (then: string): string => `rules: [{ when: { host: app.corp.example }, then: ${then} }]`;
  expect((await answering(rule('deny'))).map(({ id }) => id)).toEqual(['policy-403-fqdn']);
  expect(await answering(rule('{ kind: respond, status: 502 }'))).toMatchObject([
    { id: 'policy-502-deny', confidence: 'likely', alternatives: [{}, {}, {}] },
  ]);
  expect(await answering('')).toEqual([]);
});

test('a flag without any proxy is told where the application is not reached directly, and not where it is', async () => {
  const flag = 'registry: { UseDefaultProxyForBackendRequests: 1 }, policy: { proxySettingsPerUser: false }';
  const steps = visit('http://app.corp.example/');
  const [finding, ...more] = await findingsOf(flag, { steps });
  expect([finding?.id, finding?.confidence, more]).toEqual(['be-peruser-not-permachine', 'likely', []]);
  expect(finding?.alternatives.map(({ id }) => id)).toEqual(['wpad-dns-nxdomain', 'be-gateway-timeout-vs-bad-gateway']);
  expect(await findingsOf(flag, { lab: open, steps })).toEqual([]);
});
