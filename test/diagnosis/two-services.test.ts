/** The connector and its updater on one machine, of which one was forgotten: no other account's settings, no other file. */
import { expect, test } from 'vitest';

import type { Finding } from '../../src/finding.ts';
import { runScenario } from '../../src/run/run.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

interface Settings {
  service: string;
  updater: string;
  /** Whether wpad has a record. */
  wpad?: boolean;
}

/** Nothing leaves this network but through the proxy. */
async function findingsOf({ service, updater, wpad = false }: Settings): Promise<Finding[]> {
  const [scenario] = await scenarioFrom(`
version: 1
id: two-services
name: Two services of one machine
lab:
  extends: office
  ${wpad ? 'dns: { records: { wpad.corp.example: { A: 10.20.0.5 } } }' : ''}
  firewall:
    rules:
      - { when: { to: '203.0.113.*:443', except: [edge] }, then: drop }
      - { when: { to: 203.0.113.*, except: [edge] }, then: reject }
clients:
  service:
    profile: dotnet-framework
    program: { kind: connector, phases: [bootstrap], ports: [] }
    settings: { ${service} }
    certificates: [connector]
  updater: { profile: dotnet-framework, program: updater, settings: { ${updater} }, certificates: [connector] }
steps: [{ start: service }, { start: updater }]
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const { findings, broken } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  expect(broken).toBeUndefined();
  return [...findings];
}

const named = "defaultProxy: { proxy: { proxyaddress: 'http://proxy.corp.example:8080' } }";
const undetecting = 'system: { autoDetect: false }';
const bypassing = 'defaultProxy: { enabled: false }';
const ids = (findings: Finding[]) =>
  findings.map(({ id, alternatives }) => [id, ...alternatives.map((one) => one.id)].join(' '));

test('an updater whose file was forgotten beside a connector that was given a proxy is found, and gets the same element', async () => {
  const silent = await findingsOf({ service: named, updater: undetecting });
  expect(ids(silent)).toEqual(['cfg-updater-not-bypassed direct-443-syn-blackhole']);
  expect(silent[0]?.fix).toContain('<proxy proxyaddress="http://proxy.corp.example:8080"');
  expect(silent[0]?.fix).not.toContain('enabled');
  expect(ids(await findingsOf({ service: named, updater: '' }))).toEqual([
    'cfg-updater-not-bypassed wpad-dns-nxdomain direct-443-syn-blackhole',
  ]);
  expect(await findingsOf({ service: named, updater: named })).toEqual([]);
});

test('an updater that finds its own way needs no file', async () => {
  expect(await findingsOf({ service: named, updater: '', wpad: true })).toEqual([]);
});

test('detection that is off in one account is told where the other account finds its proxy by it', async () => {
  for (const [service, updater, account] of [
    [undetecting, '', 'networkservice'],
    ['', undetecting, 'localsystem'],
  ] as const) {
    const [finding, ...more] = await findingsOf({ service, updater, wpad: true });
    expect([finding?.id, more]).toEqual(['cfg-per-user-invisible', []]);
    expect(finding?.fix).toContain(`setieproxy ${account} AUTODETECT`);
  }
  expect(await findingsOf({ service: '', updater: '', wpad: true })).toEqual([]);
});

test('a blocked connection names a line to take out only where a file has it', async () => {
  const fixes = async (settings: Settings) =>
    (await findingsOf(settings)).map(({ id, fix }) => `${id} ${String(fix.includes('enabled="false"'))}`);
  expect(await fixes({ service: undetecting, updater: undetecting })).toEqual(['direct-443-syn-blackhole false']);
  expect(await fixes({ service: bypassing, updater: bypassing })).toEqual(['direct-443-syn-blackhole true']);
});
