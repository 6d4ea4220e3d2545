/** Proxies that speak TLS with their clients. */
import { expect, test } from 'vitest';

import { get, listening, play, scripted, second, two, withProxy, withScript } from './kit.ts';

const secureOne = 'HTTPS one.corp.example:8080';
const tls = listening(undefined, { tls: {} });
const browsers = ['chromium', 'firefox', 'node'];

test.each(browsers)('%s reaches http and https origins through TLS to the proxy', async (profile) => {
  const story = { profile, client: withScript(profile), hosts: scripted(secureOne), proxies: { one: tls } };
  const { requests, of } = await play({ ...story, steps: [get('http://app.test/'), get()] });
  expect(requests.map(({ route, status }) => `${route} ${status}`)).toEqual(Array(2).fill(`${secureOne} 200`));
  const names = of('tls.established').flatMap(({ role, serverName }) => (role === 'client' ? [serverName] : []));
  // Once to the proxy for http; to the proxy and, within, to the origin for https.
  expect(names).toEqual(['one.corp.example', 'one.corp.example', 'app.test']);
});

test('curl does so with https:// before the proxy', async () => {
  const client = withProxy('curl', 'https://one.corp.example:8080');
  const { requests } = await play({ profile: 'curl', client, proxies: { one: tls }, steps: [get()] });
  expect(requests[0]).toMatchObject({ route: secureOne, status: 200 });
});

test('.NET speaks plain HTTP to the port where TLS is expected, and gets no answer it can read', async () => {
  const profile = 'dotnet-framework';
  const story = { profile, client: withScript(profile), hosts: scripted(secureOne), proxies: { one: tls } };
  const { attempts, requests, of } = await play({ ...story, steps: [get('http://app.test/')] });
  expect(attempts).toEqual(['PROXY one.corp.example:8080']);
  expect(requests[0]?.error).not.toBeNull();
  expect(of('tls.failed').map(({ role }) => role)).toEqual(['server']);
});

test.each([
  ['chromium', 'ERR_PROXY_CERTIFICATE_INVALID'],
  ['firefox', 'nssBadCert'],
  ['node', 'Error'],
])('%s does not go through a proxy whose certificate it does not trust', async (profile, error) => {
  const distrusted = listening(undefined, { tls: { certificate: 'private-ca' } });
  const story = { profile, client: withScript(profile), hosts: scripted(secureOne), steps: [get()] };
  const { requests, of } = await play({ ...story, proxies: { one: distrusted } });
  expect(requests[0]).toMatchObject({ status: null, error: { name: error } });
  expect(of('proxy.request')).toEqual([]);
  const trusting = { ...withScript(profile), trust: ['public-ca', 'private-ca'] };
  const trusted = await play({ ...story, client: trusting, proxies: { one: distrusted } });
  expect(trusted.requests[0]).toMatchObject({ status: 200, error: null });
});

test('curl says 60 to such a proxy, 35 to one that speaks no TLS', async () => {
  const client = withProxy('curl', 'https://one.corp.example:8080');
  const story = { profile: 'curl', client, steps: [get()] };
  const distrusted = listening(undefined, { tls: { certificate: 'private-ca' } });
  expect((await play({ ...story, proxies: { one: distrusted } })).requests[0]?.error?.number).toBe(60);
  expect((await play({ ...story, proxies: { one: listening() } })).requests[0]?.error?.number).toBe(35);
});

test('TLS to a proxy without TLS fails over in browsers', async () => {
  for (const profile of ['chromium', 'firefox']) {
    const story = { profile, client: withScript(profile), hosts: scripted(`${secureOne}; ${two}`), steps: [get()] };
    const { attempts, requests } = await play({ ...story, proxies: { one: listening(), two: second } });
    expect([attempts, requests[0]?.status], profile).toEqual([[secureOne, two], 200]);
  }
});

test.each([
  ['chromium', 8000],
  ['firefox', 30_000],
])('%s waits for the TLS of a silent proxy no longer than its limit', async (profile, at) => {
  const silent = { 'mute.corp.example': { tcp: { ports: [443] } } };
  const hosts = { ...scripted(`HTTPS mute.corp.example; ${two}`), ...silent };
  const records = { 'mute.corp.example': { A: '10.20.0.7' } };
  const story = { profile, client: withScript(profile), records, hosts, proxies: { two: second }, steps: [get()] };
  expect((await play(story)).requests[0]).toMatchObject({ route: two, status: 200, at });
});
