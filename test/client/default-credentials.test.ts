/** `useDefaultCredentials`: .NET Framework logs on as the account it runs as, at proxies and at the script's host. */
import { expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import type { RunRecord } from '../../src/run/record.ts';
import { pick } from '../../src/trace/view.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

interface Given {
  schemes?: string[];
  identity?: string;
  on?: boolean;
  machineAccount?: boolean;
  /** The host of the script asks, not the proxy. */
  atScript?: boolean;
}

const machine = { user: 'CORP\\SRV01$', password: 'secret' };
const address = 'http://proxy.corp.example:8080';

async function run({
  schemes = ['negotiate', 'ntlm'],
  identity = 'network-service',
  on = true,
  machineAccount = true,
  atScript = false,
}: Given): Promise<RunRecord> {
  const challenge = { kind: 'challenge', schemes, realm: 'CORP', accounts: { [machine.user]: machine.password } };
  const proxy = atScript ? {} : { proxy: { proxyaddress: address } };
  const text = JSON.stringify({
    version: 1,
    id: 'logon',
    name: 'logon',
    lab: {
      extends: 'office',
      dns: { records: { 'wpad.corp.example': { A: '10.20.0.5' } } },
      ...(atScript
        ? { hosts: { 'wpad.corp.example': { behaviour: challenge } } }
        : { proxies: { edge: { listen: 'proxy.corp.example:8080', behaviour: challenge } } }),
    },
    clients: {
      service: {
        profile: 'dotnet-framework',
        identity,
        settings: { defaultProxy: { useDefaultCredentials: on, ...proxy } },
        ...(machineAccount ? { machineAccount: machine } : {}),
        certificates: ['connector'],
      },
    },
    steps: [{ fetch: { url: 'https://tenant.msappproxy.net/bootstrap', client: 'service' } }],
    expect: { diagnosis: 'none' },
  });
  const [scenario] = await scenarioFrom(text);
  if (!scenario) throw new Error('no scenario');
  return runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
}

/** The scheme of each request's credentials, `-` without any. */
const said = ({ events }: RunRecord, type: 'proxy.request' | 'http.request', field: string): string[] =>
  pick(events, type).map(({ data }) => data.headers.find(([name]) => name === field)?.[1].split(' ')[0] ?? '-');
const status = ({ events }: RunRecord) => pick(events, 'client.finished')[0]?.data.status;

test.each([
  [
    ['negotiate', 'ntlm'],
    ['-', 'Negotiate', 'Negotiate'],
  ],
  [
    ['ntlm', 'negotiate'],
    ['-', 'Negotiate', 'Negotiate'],
  ],
  [['ntlm'], ['-', 'NTLM', 'NTLM']],
])('a proxy that offers %j hears %j', async (schemes, messages) => {
  const record = await run({ schemes });
  expect(said(record, 'proxy.request', 'Proxy-Authorization')).toEqual(messages);
  expect(pick(record.events, 'proxy.authenticated')[0]?.data.user).toBe(machine.user);
  expect(status(record)).toBe(200);
});

test.each(['network-service', 'system'])('%s is the computer’s account on the network', async (identity) => {
  expect(pick((await run({ identity })).events, 'proxy.authenticated')[0]?.data.user).toBe(machine.user);
});

test.each([
  ['it is off', { on: false }],
  ['the account is a local one', { identity: 'local-service' }],
  ['the computer has no account', { machineAccount: false }],
  ['only Basic is offered', { schemes: ['basic'] }],
])('nothing is said where %s', async (_why, given) => {
  const record = await run(given);
  expect(said(record, 'proxy.request', 'Proxy-Authorization')).toEqual(['-']);
  expect(status(record)).toBe(407);
});

test('a script behind a logon is asked for twice: without a word, then with the three messages on one connection', async () => {
  const record = await run({ atScript: true });
  expect(said(record, 'http.request', 'Authorization')).toEqual(['-', '-', 'Negotiate', 'Negotiate']);
  const connections = pick(record.events, 'http.request').map(({ data }) => data.conn);
  expect(new Set(connections.slice(1)).size).toBe(1);
  expect(connections[0]).not.toBe(connections[1]);
  expect(pick(record.events, 'pac.fetched').map(({ data }) => [data.status, data.accepted])).toEqual([[200, true]]);
  expect(status(record)).toBe(200);
  expect(record.findings).toEqual([]);
}, 20_000);

test('without useDefaultCredentials the script is not had, and the finding says whose logon is missing', async () => {
  const record = await run({ atScript: true, on: false });
  expect(said(record, 'http.request', 'Authorization')).toEqual(['-']);
  expect(record.findings.map(({ id }) => id)).toEqual(['pac-http-401']);
});
