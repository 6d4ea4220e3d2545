/** Limits of connections, restarts, and what a proxy does without being asked. */
import { expect, test } from 'vitest';

import { fine, startProxyLab, statusLine } from './lab.ts';
import { synSchedules } from '../../src/net/net.ts';
import type { ProxyLab, Talk } from './lab.ts';

const get = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n';
const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';
const state = ({ ended, failure }: Talk): string => failure() ?? (ended() ? 'fin' : 'open');
const clientHost = { name: 'service', owner: 'client:service', ip: '10.20.0.10' };

test.each([
  ['close', 'fin', ''],
  ['reset', 'ECONNRESET', ''],
  ['hang', 'open', ''],
  ['503', 'fin', 'HTTP/1.1 503 Service Unavailable'],
])('one connection too many from an address: %s', async (excess, seen, said) => {
  await using lab = await startProxyLab({ limits: { perAddress: 2, excess } });
  await lab.origin(80, fine);
  const clients = [await lab.dial(), await lab.dial(), await lab.dial()];
  for (const client of clients) client.send(get);
  await lab.world.clock.sleep(1);
  await lab.settled();
  expect(clients.map(({ heard }) => statusLine(heard()))).toEqual(['HTTP/1.1 200 Fine', 'HTTP/1.1 200 Fine', said]);
  expect(clients.map(state)).toEqual(['open', 'open', seen]);
  clients[0]?.connection.destroy();
  clients[2]?.connection.destroy();
  await lab.settled();
  expect(statusLine(await lab.ask(get))).toBe('HTTP/1.1 200 Fine');
  expect(lab.events('lab.behaviour')).toEqual([
    { part: 'proxy:edge', kind: 'limits', says: 'takes 2 connections from one address' },
  ]);
});

test('connections of all addresses are counted together when told so', async () => {
  await using lab = await startProxyLab({ limits: { connections: 1 } });
  const [first, second] = [await lab.dial(), await lab.dial()];
  await lab.settled();
  expect([state(first), state(second)]).toEqual(['open', 'fin']);
});

test('limit answers 503 while too many tunnels stand, and takes the next when one has gone', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'limit', tunnels: 1, retryAfter: 5 } });
  await lab.origin(443);
  await lab.origin(80, fine);
  const first = await lab.dial();
  first.send(connect);
  await lab.settled();
  const refused = await lab.ask(connect);
  expect([statusLine(refused), refused.includes('error=connection_limit_reached'), refused.includes('Retry-After: 5')]) //
    .toEqual(['HTTP/1.1 503 Service Unavailable', true, true]);
  expect(statusLine(await lab.ask(get))).toContain('200');
  first.connection.reset();
  await lab.settled();
  expect(statusLine(await lab.ask(connect))).toContain('200');
});

async function refused({ world }: ProxyLab): Promise<boolean> {
  const dialled = await world.net.dial(clientHost, { ip: '10.20.0.8', port: 8080 }, { syn: synSchedules.linux });
  if (dialled.ok) dialled.value.destroy();
  return !dialled.ok;
}

test.each([
  ['rst', 'ECONNRESET'],
  ['fin', 'fin'],
] as const)('restart ends every tunnel by %s, refuses for a while, and serves again', async (how, seen) => {
  await using lab = await startProxyLab({ behaviour: { kind: 'restart', at: '60s', down: '5s', how } });
  await lab.origin(443);
  const clients = [await lab.dial(), await lab.dial()];
  for (const client of clients) client.send(connect);
  await lab.settled();
  await lab.world.clock.sleep(59_999);
  expect([clients.map(state), await refused(lab)]).toEqual([['open', 'open'], false]);
  await lab.world.clock.sleep(2);
  await lab.settled();
  expect([clients.map(state), await refused(lab)]).toEqual([[seen, seen], true]);
  await lab.world.clock.sleep(4997);
  expect(await refused(lab)).toBe(true);
  await lab.world.clock.sleep(2);
  expect(await refused(lab)).toBe(false);
  expect(statusLine(await lab.ask(connect))).toContain('200');
});

test('restart with the request that asks for it', async () => {
  await using lab = await startProxyLab({ rules: [{ when: { nth: 2 }, then: 'restart' }] });
  await lab.origin(80, fine);
  const client = await lab.dial();
  client.send(get);
  await lab.settled();
  client.send(get);
  await lab.settled();
  expect([client.heard().match(/fine/g)?.length, state(client), await refused(lab)]).toEqual([1, 'ECONNRESET', true]);
  await lab.world.clock.sleep(5001);
  expect(statusLine(await lab.ask(get))).toContain('200');
});

test('a change puts down what had not yet begun', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'restart', at: '60s' } });
  lab.proxy.change([]);
  await lab.world.clock.sleep(61_000);
  expect(await refused(lab)).toBe(false);
});
