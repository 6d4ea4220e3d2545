import { createServer as createHttpServer, request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { expect, test, vi } from 'vitest';

import { wallClock } from '../../src/clock.ts';
import { Connection } from '../../src/net/connection.ts';
import { synSchedules } from '../../src/net/net.ts';
import { dialsOf } from '../../src/trace/dials.ts';
import { viewOf } from '../../src/trace/view.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

const client = host('10.20.0.10', 'client');
const server = host('10.20.0.8', 'server');

// Not `for await`: that destroys the stream at its end, and with it the other direction.
const read = (connection: Duplex): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    connection.on('data', (chunk) => (text += String(chunk)));
    connection.on('end', () => resolve(text));
    connection.on('error', reject);
  });

const dial = async (world: World, port = 80): Promise<Connection> => {
  const outcome = await world.net.dial(client, { ip: server.ip, port });
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
};

test('carries bytes both ways and keeps half-closed directions open', async () => {
  await using world = startWorld();
  await world.net.listen(server, 80, (connection) => {
    void read(connection).then((text) => connection.end(`heard ${text}`));
  });
  const connection = await dial(world);
  connection.end('hello');
  expect(await read(connection)).toBe('heard hello');
  await world.net.settled();
  expect(world.trace.events.map(({ type, by }) => `${type} ${by}`)).toEqual([
    'tcp.opened net',
    'tcp.fin client',
    'tcp.fin server',
  ]);
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as AddressInfo;
      listener.close(() => resolve(port));
    });
  });

test('two dials from one source port find the doors that each asked for', async () => {
  await using world = startWorld();
  const heard: string[] = [];
  for (const port of [80, 81])
    await world.net.listen(server, port, (connection) => void heard.push(`${connection.remote} at ${port}`));
  const localPort = await freePort();
  const dialled = Connection.dialled.bind(Connection);
  // What the kernel does now and then among thousands of dials; libuv lets a port be taken twice.
  using taken = vi.spyOn(Connection, 'dialled').mockImplementation((at, init) => dialled({ ...at, localPort }, init));
  const connections = await Promise.all([dial(world, 80), dial(world, 81)]);
  expect(taken).toHaveBeenCalledTimes(2);
  expect(connections.map((connection) => connection.localPort)).toEqual([localPort, localPort]);
  expect(heard.toSorted()).toEqual(connections.map(({ local }, index) => `${local} at ${80 + index}`).toSorted());
});

test('carries RST to the other end', async () => {
  await using world = startWorld();
  await world.net.listen(server, 80, (connection) => {
    connection.on('data', () => connection.reset());
  });
  const connection = await dial(world);
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => connection.once('error', resolve));
  connection.write('x');
  expect((await failed).code).toBe('ECONNRESET');
});

test('carries RST also from an end that has written before', async () => {
  await using world = startWorld();
  await world.net.listen(server, 80, (connection) => {
    connection.on('data', () => connection.write('first', () => connection.reset()));
  });
  const connection = await dial(world);
  connection.resume();
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => connection.once('error', resolve));
  connection.write('x');
  expect((await failed).code).toBe('ECONNRESET');
});

test('HTTP runs on connections of the lab', async () => {
  await using world = startWorld();
  const http = createHttpServer((_request, response) => response.end('fine'));
  await world.net.listen(server, 80, (connection) => void http.emit('connection', connection));
  const connection = await dial(world);
  const text = await new Promise<string>((resolve, reject) => {
    request({ createConnection: () => connection, host: 'server.test', path: '/' }, (response) =>
      resolve(read(response as never)),
    )
      .on('error', reject)
      .end();
  });
  expect(text).toBe('fine');
});

test('a firewall that drops costs 21 s of lab time and hardly any of ours', async () => {
  await using world = startWorld({ rules: [{ when: { to: '*:443' }, then: 'drop' }] });
  const began = wallClock();
  const outcome = await world.net.dial(client, { ip: '203.0.113.10', port: 443 });
  await world.clock.sleep(600_000);
  expect(outcome).toMatchObject({ ok: false, failure: { code: 'tcp.timeout' } });
  expect(world.clock.now()).toBe(621_000);
  expect(world.trace.events.map(({ at, type }) => [at, type])).toEqual([
    [0, 'tcp.syn'],
    [3000, 'tcp.syn'],
    [9000, 'tcp.syn'],
    [21_000, 'tcp.timeout'],
  ]);
  expect(wallClock() - began).toBeLessThan(1000);
});

test('an address that exists refuses a closed port; one that does not is silent', async () => {
  await using world = startWorld();
  await world.net.listen(server, 80, () => undefined);
  expect(await world.net.dial(client, { ip: server.ip, port: 81 })).toMatchObject({ failure: { code: 'tcp.refused' } });
  expect(await world.net.dial(client, { ip: '10.99.0.1', port: 80 })).toMatchObject({
    failure: { code: 'tcp.timeout' },
  });
});

test.each([
  ['linux', [0]],
  ['windows', [0, 500, 1000]],
] as const)('RST is the last word to %s after these SYNs: %j', async (system, at) => {
  await using world = startWorld();
  await world.net.listen(server, 80, () => undefined);
  const outcome = await world.net.dial(client, { ip: server.ip, port: 81 }, { syn: synSchedules[system] });
  expect(outcome).toMatchObject({ failure: { code: 'tcp.refused' } });
  const refused = world.trace.events.filter(({ type }) => type === 'tcp.refused');
  expect(refused.map((event) => event.at)).toEqual(at);
  expect(new Set(refused.map(({ data }) => ('from' in data ? data.from : '')))).toHaveProperty('size', 1);
  expect(world.clock.now()).toBe(at.at(-1));
  expect(dialsOf(viewOf(world.trace.events))).toMatchObject([{ outcome: 'refused', events: at.map(() => ({})) }]);
});

test('a firewall that lets through again between two SYNs of Windows is passed', async () => {
  await using world = startWorld({ rules: [{ when: { to: '*:80', open: 1 }, then: 'reject' }] });
  await world.net.listen(server, 80, (socket) => socket.on('end', () => socket.end()).resume());
  const first = await world.net.dial(client, { ip: server.ip, port: 80 });
  world.clock.after(700, () => first.ok && first.value.end().resume());
  const outcome = await world.net.dial(client, { ip: server.ip, port: 80 }, { syn: synSchedules.windows });
  expect(outcome.ok).toBe(true);
  expect(world.clock.now()).toBe(1000);
  expect(dialsOf(viewOf(world.trace.events))).toMatchObject([
    { outcome: 'opened', conn: 1, events: [{}] },
    { outcome: 'opened', conn: 2, events: [{}, {}, {}] },
  ]);
});

test('a peer that never reads does not stop the clock', async () => {
  await using world = startWorld();
  await world.net.listen(server, 80, () => undefined);
  const connection = await dial(world);
  connection.write(Buffer.alloc(8_000_000));
  await world.clock.sleep(60_000);
  expect(world.clock.now()).toBe(60_000);
});

test('a datagram that nobody answers leaves the clock free', async () => {
  await using world = startWorld();
  const heard: string[] = [];
  using answering = await world.net.datagrams(server, 53, (bytes, from) => {
    heard.push(String(bytes));
    answering.send(Buffer.from('pong'), from);
  });
  const got: string[] = [];
  using asking = await world.net.datagrams(client, 0, (bytes) => got.push(String(bytes)));
  asking.send(Buffer.from('ping'), '10.20.0.8:53');
  asking.send(Buffer.from('lost'), '10.20.0.9:53');
  await world.clock.sleep(5000);
  expect([heard, got]).toEqual([['ping'], ['pong']]);
});

test('a rule that counts holds while as many connections stand, and no longer when one has ended', async () => {
  await using world = startWorld({ rules: [{ when: { to: '10.20.0.8:80', open: 1 }, then: 'reject' }] });
  await world.net.listen(server, 80, (connection) => {
    connection.resume().on('end', () => connection.end());
  });
  const refused = async (): Promise<boolean> => {
    const outcome = await world.net.dial(client, { ip: server.ip, port: 80 });
    if (outcome.ok) outcome.value.destroy();
    return !outcome.ok;
  };
  const first = await dial(world);
  expect(await refused()).toBe(true);
  first.destroy();
  await world.net.settled();
  expect(await refused()).toBe(false);
});
