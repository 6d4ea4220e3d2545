/** What Chromium 156 said before a proxy in these states, and its model says. */
import { expect, test } from 'vitest';

import { loadSource } from '../../src/library/load.ts';
import { runScenario } from '../../src/run/run.ts';
import { pick } from '../../src/trace/view.ts';

async function play(url: string, behaviour: object, client: object = {}) {
  const [scenario] = await loadSource(
    {
      version: 1,
      id: 'as-measured',
      name: 'As measured',
      lab: {
        dns: { records: { 'proxy.corp.example': { A: '10.20.0.8' }, 'app.example': { A: '203.0.113.50' } } },
        hosts: { 'app.example': { http: { '/': { body: 'x' } }, https: { paths: { '/': { body: 'x' } } } } },
        proxies: { edge: { listen: 'proxy.corp.example:8080', accounts: { admin: 'secret' }, behaviour } },
      },
      clients: {
        client: {
          profile: 'chromium',
          trust: ['public-ca'],
          settings: { browser: { mode: 'manual', proxy: 'proxy.corp.example:8080' } },
          ...client,
        },
      },
      steps: [{ fetch: { url, client: 'client' } }],
    },
    { mayExpectNothing: true },
  );
  if (!scenario) throw new Error('no scenario');
  const { events } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  return { error: pick(events, 'client.finished').at(-1)?.data.error, asked: pick(events, 'proxy.request').length };
}

const inspect = { kind: 'inspect', ca: 'public-ca' };

test.each(['TLSv1.2', 'TLSv1.3'])('a certificate that is demanded and missing: %s', async (maxVersion) => {
  const demand = { ...inspect, clientCertificate: 'required', toClient: { maxVersion } };
  const { error } = await play('https://app.example/', demand);
  expect(error).toMatchObject({ name: 'ERR_BAD_SSL_CLIENT_AUTH_CERT', number: -117 });
});

test('no cipher in common', async () => {
  const { error } = await play('https://app.example/', { ...inspect, toClient: { signatures: 'RSA+SHA512' } });
  expect(error).toMatchObject({ name: 'ERR_SSL_VERSION_OR_CIPHER_MISMATCH', number: -113 });
});

test.each(['http', 'https'])('Digest nonces that are always stale, by %s: 32 requests', async (scheme) => {
  const stale = { kind: 'challenge', schemes: ['digest'], digest: { alwaysStale: true } };
  const credentials = { user: 'admin', password: 'secret' };
  const { error, asked } = await play(`${scheme}://app.example/`, stale, { credentials });
  expect(error).toMatchObject({ name: 'ERR_TOO_MANY_RETRIES', number: -375 });
  expect(asked).toBe(32);
});

test.each([
  ['an interim answer to CONNECT', { kind: 'connect-reply', line: 'HTTP/1.1 100 Continue' }, -111],
  ['another protocol', { kind: 'connect-reply', line: 'ICY 200 OK' }, -111],
  ['a status of four digits', { kind: 'connect-reply', line: 'HTTP/1.1 2000 OK' }, -111],
  ['a head of 400 KB', { kind: 'connect-reply', padding: 400_000 }, -325],
  ['RST in the middle of a handshake', { kind: 'truncate', after: 600, how: 'rst' }, -101],
  ['FIN in the middle of a ClientHello', { kind: 'truncate', after: 20, direction: 'up' }, -100],
  ['a challenge for Bearer', { kind: 'respond', status: 407, headers: { 'Proxy-Authenticate': 'Bearer' } }, -115],
  ['a loop', { kind: 'loop' }, -111],
])('%s', async (_what, behaviour, number) => {
  expect((await play('https://app.example/', behaviour)).error).toMatchObject({ number });
});
