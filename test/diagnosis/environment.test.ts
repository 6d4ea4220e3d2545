/** Rules about variables, bypass lists and surroundings: what sets each apart from cases that only look alike. */
import { expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

type Json = Record<string, unknown>;

const service = 'https://tenant.msappproxy.net/bootstrap';
const list = 'http://crl3.digicert.com/root.crl';
const at = (client: string, url = service) => ({ fetch: { url, client } });
const proxy = 'http://proxy.corp.example:8080';
const old = 'http://old.corp.example:3128';

/** The ids found in an office that lets nobody out but its proxy. */
async function found(clients: Json, steps: Json[], lab: Json = {}): Promise<string[]> {
  const text = { version: 1, id: 'told-by-a-test', name: 'A story', lab: { extends: 'office', ...lab }, steps };
  const whole = Object.fromEntries(
    Object.entries(clients).map(([name, client]) => [name, { certificates: ['connector'], ...(client as Json) }]),
  );
  const [scenario] = await scenarioFrom(JSON.stringify({ ...text, clients: whole, expect: { diagnosis: 'none' } }));
  if (!scenario) throw new Error('nothing was loaded');
  const { findings, broken } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  if (broken) throw new Error(broken.message);
  return findings.map(({ id }) => id);
}

const environment = (profile: string, variables: Json, more: Json = {}): Json => ({
  profile,
  settings: { environment: variables, ...more },
});

test('two proxies, one in the environment and one of the account, are a fault where one of them fails', async () => {
  const names = { dns: { records: { 'old.corp.example': { A: '10.20.0.7' } } } };
  const told = (behaviour: string) => ({ ...names, proxies: { old: { listen: 'old.corp.example:3128', behaviour } } });
  const system = { autoDetect: false, proxy: 'proxy.corp.example:8080' };
  const both = (profile: string): Json => environment(profile, { https_proxy: old }, { system });
  const clients = { one: both('curl'), other: both('winhttp') };
  const steps = [at('one'), at('other')];
  expect(await found(clients, steps, told('deny'))).toEqual(['cfg-env-vs-system']);
  // Nobody else got through: then the refusal is all there is.
  expect(await found({ one: clients.one }, [at('one')], told('deny'))).not.toContain('cfg-env-vs-system');
  const open = { ...told('allow'), firewall: { rules: [] } };
  expect(await found(clients, steps, open)).toEqual([]);
});

test('a variable for http alone matters to programs that read variables, and to what no list exempts', async () => {
  expect(await found({ one: environment('curl', { http_proxy: proxy }) }, [at('one')])).toEqual([
    'cfg-env-only-http-set',
  ]);
  const exempt = { http_proxy: proxy, no_proxy: '.msappproxy.net' };
  expect(await found({ one: environment('curl', exempt) }, [at('one')])).toEqual(['direct-443-syn-blackhole']);
  const framework = environment('dotnet-framework', { http_proxy: proxy }, { system: { autoDetect: false } });
  expect(await found({ one: framework }, [at('one')])).toEqual(['direct-443-syn-blackhole']);
});

test('HTTP_PROXY in upper case is no fault to Go, nor to curl where http may go direct', async () => {
  const upper = { HTTP_PROXY: proxy };
  expect(
    await found({ one: environment('go', upper), two: environment('curl', upper) }, [at('one', list), at('two', list)]),
  ).toEqual([]);
});

test('an entry of NO_PROXY that does not mean the host is no fault', async () => {
  const settings = (no_proxy: string): Json => ({ one: environment('node', { http_proxy: proxy, no_proxy }) });
  for (const entry of [
    '.corp.example',
    'evilcrl3.digicert.com',
    '10.0.0.0/8',
    'crl3.digicert.com:8080',
    '*.corp.example',
  ])
    expect(await found(settings(entry), [at('one', list)]), entry).toEqual([]);
  expect(await found(settings('digicert.com'), [at('one', list)])).toEqual(['cfg-noproxy-dot']);
});

test('the own machine goes past a fixed proxy unasked only where no entry says so, and not with curl', async () => {
  const lab = { hosts: { localhost: { address: '127.0.0.1', http: { '/': { body: 'here' } } } } };
  const browser = (bypass: string): Json => ({
    profile: 'chromium',
    settings: { browser: { mode: 'manual', proxy: 'proxy.corp.example:8080', bypass } },
  });
  const here = [at('one', 'http://127.0.0.1/')];
  expect(await found({ one: browser('') }, here, lab)).toEqual(['cfg-loopback-implicit']);
  expect(await found({ one: browser('127.0.0.1') }, here, lab)).toEqual([]);
  expect(await found({ one: browser('<-loopback>') }, here, lab)).toEqual([]);
  expect(await found({ one: environment('curl', { http_proxy: proxy }) }, here, lab)).toEqual([]);
});

test('a certificate that really is out of its dates is no wrong clock', async () => {
  const expired = { hosts: { 'tenant.msappproxy.net': { https: { certificate: { fault: 'expired' } } } } };
  const one = environment('curl', { http_proxy: proxy, https_proxy: proxy });
  const steps = [at('one', list), at('one')];
  expect(await found({ one }, steps, expired)).not.toContain('env-clock-skew');
  expect(await found({ one: { ...one, clock: { behind: '3d' } } }, steps)).toEqual(['env-clock-skew']);
});

test('a browser proves nothing for a service only where it went to the same host', async () => {
  const browser: Json = {
    profile: 'chromium',
    identity: 'administrator',
    settings: { browser: { mode: 'manual', proxy: 'proxy.corp.example:8080' } },
  };
  const own: Json = {
    profile: 'dotnet-framework',
    identity: 'network-service',
    settings: { system: { autoDetect: false } },
  };
  const clients = { browser, service: own };
  expect(await found(clients, [at('browser'), at('service')])).toEqual(['cfg-admin-browser-ok']);
  expect(await found(clients, [at('browser', list), at('service')])).toEqual(['direct-443-syn-blackhole']);
  const elsewhere = { browser: { ...browser, address: '10.20.0.11' }, service: own };
  expect(await found(elsewhere, [at('browser'), at('service')])).toEqual(['direct-443-syn-blackhole']);
});

test('silence is no NAT out of ports where it came with few connections too', async () => {
  const direct: Json = { profile: 'dotnet-framework', settings: { defaultProxy: { enabled: false } } };
  const rules = [{ when: { to: '203.0.113.10:443', open: 1 }, then: 'drop' }];
  const clients = { one: direct, two: direct };
  const kept = { fetch: { url: service, client: 'one', keep: true } };
  expect(
    await found(clients, [kept, at('two'), { start: 'one' }, at('two')], { extends: 'entra', firewall: { rules } }),
  ).toEqual(['direct-443-syn-blackhole']);
});
