import { expect, test } from 'vitest';

import { fine, startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const get = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n';
const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';
const granted = 'HTTP/1.1 200 Connection established\r\n\r\n';

async function tunnel(lab: ProxyLab): Promise<{ client: Talk; origin: Talk }> {
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(connect);
  await lab.settled();
  if (!origins[0]) throw new Error('no tunnel');
  return { client, origin: origins[0] };
}

const state = ({ ended, failure }: Talk): unknown => failure() ?? (ended() ? 'fin' : 'open');

test('idle-timeout closes a tunnel after so long without a byte in either direction', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'idle-timeout', after: '60s' } });
  const { client, origin } = await tunnel(lab);
  await lab.world.clock.sleep(59_000);
  client.send('ping');
  await lab.world.clock.sleep(59_000);
  origin.send('pong');
  await lab.world.clock.sleep(59_999);
  expect([state(client), state(origin), client.heard()]).toEqual(['open', 'open', `${granted}pong`]);
  await lab.world.clock.sleep(1);
  await lab.settled();
  expect([state(client), state(origin)]).toEqual(['fin', 'fin']);
});

test('an idle limit moves no time by itself', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'idle-timeout', after: '60s' } });
  const { client } = await tunnel(lab);
  await lab.settled();
  expect([lab.world.clock.now(), state(client)]).toEqual([0, 'open']);
});

test('idle-timeout can reset, or forget and reset whoever sends again', async () => {
  await using resetting = await startProxyLab({ behaviour: { kind: 'idle-timeout', after: '60s', how: 'rst' } });
  const one = await tunnel(resetting);
  await resetting.world.clock.sleep(60_000);
  await resetting.settled();
  expect([state(one.client), state(one.origin)]).toEqual(['ECONNRESET', 'ECONNRESET']);
  await using forgetting = await startProxyLab({ behaviour: { kind: 'idle-timeout', after: '60s', how: 'forget' } });
  const two = await tunnel(forgetting);
  await forgetting.world.clock.sleep(3_600_000);
  expect([state(two.client), state(two.origin)]).toEqual(['open', 'open']);
  two.client.send('still there?');
  await forgetting.settled();
  expect([state(two.client), state(two.origin), two.origin.heard()]).toEqual(['ECONNRESET', 'open', '']);
});

test('idle-timeout closes a kept connection between requests, and not one in use', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'idle-timeout', after: '30s' } });
  await lab.origin(80, fine);
  const client = await lab.dial();
  for (let turn = 0; turn < 3; turn += 1) {
    client.send(get);
    await lab.world.clock.sleep(29_000);
  }
  expect([client.heard().match(/fine/g)?.length, state(client)]).toEqual([3, 'open']);
  await lab.world.clock.sleep(1000);
  await lab.settled();
  expect(state(client)).toBe('fin');
});

test('idle-timeout does not close while the destination thinks', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'idle-timeout', after: '30s' } });
  const origins = await lab.origin(80);
  const client = await lab.dial();
  client.send(get);
  await lab.world.clock.sleep(600_000);
  origins.forEach(fine);
  await lab.settled();
  expect([client.heard().endsWith('fine'), state(client)]).toEqual([true, 'open']);
});

test.each([
  ['fin', 'fin'],
  ['rst', 'ECONNRESET'],
] as const)('max-lifetime ends a busy tunnel by %s', async (how, seen) => {
  await using lab = await startProxyLab({ behaviour: { kind: 'max-lifetime', after: '5m', how } });
  const { client, origin } = await tunnel(lab);
  for (let second = 1; second < 300; second += 1) {
    client.send('.');
    await lab.world.clock.sleep(1000);
  }
  expect([state(client), origin.heard().length]).toEqual(['open', 299]);
  await lab.world.clock.sleep(1000);
  await lab.settled();
  expect([state(client), state(origin)]).toEqual([seen, seen]);
});

test('answer-timeout answers 504 when the destination thinks too long; a quick one is not touched', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'answer-timeout', after: '2m' } });
  const origins = await lab.origin(80);
  const client = await lab.dial();
  client.send(get);
  await lab.world.clock.sleep(119_999);
  expect(client.heard()).toBe('');
  await lab.world.clock.sleep(1);
  await lab.settled();
  expect(client.heard()).toMatch(/^HTTP\/1\.1 504 .*\r\nProxy-Status: proxy\.test; error=http_response_timeout/);
  expect(origins.map(state)).toEqual(['fin']);
  client.send(get);
  await lab.settled();
  origins.forEach((side, index) => index === 1 && fine(side));
  await lab.world.clock.sleep(600_000);
  expect([client.heard().endsWith('fine'), client.heard().match(/504 /g)?.length]).toEqual([true, 2]);
});

test('header-limit refuses a large head and takes the largest that fits', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'header-limit', size: 500 } });
  await lab.origin(80, fine);
  const padded = (size: number): string =>
    get.replace('\r\n\r\n', `\r\nX: ${'x'.repeat(size - get.length - 5)}\r\n\r\n`);
  expect(padded(500)).toHaveLength(500);
  expect(statusLine(await lab.ask(padded(500)))).toContain('200');
  expect(statusLine(await lab.ask(padded(501)))).toContain('431');
  await using squid = await startProxyLab({ behaviour: { kind: 'header-limit', size: 500, status: 400 } });
  expect(statusLine(await squid.ask(padded(501)))).toContain('400');
});
