/** Rules about settings: what sets each apart from its neighbours, and from settings that do no harm. */
import { expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

type Json = Record<string, unknown>;

const service = 'https://tenant.msappproxy.net/bootstrap';
const at = (url: string, client = 'service') => ({ fetch: { url, client } });
const explicit = { proxy: { proxyaddress: 'http://proxy.corp.example:8080' } };

/** The ids found in an office that lets nobody out but its proxy; each client runs on the same machine. */
async function found(clients: Json, steps: Json[] = [at(service)], lab: Json = {}): Promise<string[]> {
  const whole = Object.fromEntries(
    Object.entries(clients).map(([name, client]) => [
      name,
      { profile: 'dotnet-framework', identity: 'network-service', certificates: ['connector'], ...(client as Json) },
    ]),
  );
  const text = { version: 1, id: 'told-by-a-test', name: 'A story', lab: { extends: 'office', ...lab }, steps };
  const [scenario] = await scenarioFrom(JSON.stringify({ ...text, clients: whole, expect: { diagnosis: 'none' } }));
  if (!scenario) throw new Error('nothing was loaded');
  const { findings, broken } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  if (broken) throw new Error(broken.message);
  return findings.map(({ id }) => id);
}

const open = { firewall: { rules: [] } };

test('usesystemdefault is no fault where the account has a static proxy, or where nobody stops direct traffic', async () => {
  const told = (system: Json) => ({
    service: { settings: { defaultProxy: { proxy: { usesystemdefault: true } }, system } },
  });
  expect(await found(told({}))).toEqual(['cfg-usesystemdefault-kills-pac']);
  expect(await found(told({ proxy: 'proxy.corp.example:8080' }))).toEqual([]);
  expect(await found(told({}), [at(service)], open)).toEqual([]);
  // Nothing is suppressed where the account would not look for a script.
  expect(await found(told({ autoDetect: false }))).toEqual(['direct-443-syn-blackhole']);
});

test('a proxy of another account matters only to who has none and needs one', async () => {
  const accounts = { administrator: { autoDetect: false, proxy: 'proxy.corp.example:8080' } };
  const told = (settings: Json) => ({
    service: { settings: { accounts, system: { autoDetect: false }, ...settings } },
  });
  expect(await found(told({}))).toEqual(['cfg-per-user-invisible']);
  expect(await found(told({}), [at(service)], open)).toEqual([]);
  expect(await found(told({ defaultProxy: explicit }))).toEqual([]);
  // Told to bypass: then the other account's proxy is no cause.
  expect(await found(told({ defaultProxy: { enabled: false } }))).toEqual(['direct-443-syn-blackhole']);
});

test('a script that was found and is broken is told beside an account without a proxy', async () => {
  const accounts = { administrator: { autoDetect: false, proxy: 'proxy.corp.example:8080' } };
  const lab = {
    dns: { records: { 'wpad.corp.example': { A: '10.20.0.5' } } },
    hosts: { 'wpad.corp.example': { http: { '/wpad.dat': { status: 404 } } } },
  };
  const ids = await found({ service: { settings: { accounts } } }, [at(service)], lab);
  expect(ids.toSorted()).toEqual(['cfg-per-user-invisible', 'pac-http-404']);
});

test('a bypass is wrong only where somebody else needs the proxy and gets through', async () => {
  const off = { settings: { defaultProxy: { enabled: false } } };
  const other = { identity: 'system', settings: { defaultProxy: explicit } };
  const both = [at(service), at(service, 'updater')];
  expect(await found({ service: off, updater: other }, both)).toEqual(['cfg-bypass-but-proxy-mandatory']);
  expect(await found({ service: off, updater: other }, both, open)).toEqual([]);
  expect(await found({ service: off, updater: other }, [at(service)])).toEqual(['direct-443-syn-blackhole']);
  // A program of another machine proves nothing about this one's firewall.
  const elsewhere = { ...other, address: '10.20.0.11' };
  expect(await found({ service: off, updater: elsewhere }, both)).toEqual(['direct-443-syn-blackhole']);
});

test('names one level below the machine’s domain are local, deeper ones and those of other domains are not', async () => {
  const records = { 'app.corp.example': { A: '10.20.5.1' }, 'app.west.corp.example': { A: '10.20.5.2' } };
  const hosts = {
    'app.corp.example': { http: { '/': { body: 'x' } } },
    'app.west.corp.example': { http: { '/': { body: 'x' } } },
  };
  const lab = {
    dns: { records },
    hosts,
    firewall: { rules: [{ when: { to: '10.20.5.*', except: ['edge'] }, then: 'drop' }] },
  };
  const told = (local: boolean) => ({
    service: { settings: { defaultProxy: { proxy: { ...explicit.proxy, bypassonlocal: local } } } },
  });
  expect(await found(told(true), [at('http://app.corp.example/')], lab)).toEqual(['cfg-bypassonlocal-true']);
  expect(await found(told(true), [at('http://app.west.corp.example/')], lab)).toEqual([]);
  expect(await found(told(false), [at('http://app.corp.example/')], lab)).toEqual([]);
});

test('an edit does harm only while the program has not been started since', async () => {
  const client = { service: { settings: { defaultProxy: { enabled: false } } } };
  const edit = { edit: { client: 'service', settings: { defaultProxy: explicit } } };
  const start = { start: 'service' };
  expect(await found(client, [start, edit, at(service)])).toEqual(['cfg-no-restart']);
  expect(await found(client, [start, edit, start, at(service)])).toEqual([]);
  expect(await found(client, [start, at(service)])).toEqual(['direct-443-syn-blackhole']);
});

test('certificate checks that go direct are no fault where port 80 is open', async () => {
  const crl = at('http://crl3.digicert.com/root.crl', 'crypto');
  const clients = {
    service: { settings: { defaultProxy: explicit } },
    crypto: { profile: 'winhttp', settings: { system: { autoDetect: false } } },
  };
  expect(await found(clients, [at(service), crl])).toEqual([]);
  const closed = { firewall: { rules: [{ when: { to: '203.0.113.*', except: ['edge'] }, then: 'reject' }] } };
  expect(await found(clients, [at(service), crl], closed)).toEqual(['cfg-crl-path-differs']);
});
