/** What is left of a tunnel through which nothing passes, in a lab whose time is that of the machine. */
import { expect, test } from 'vitest';

import type { Clock } from '../../src/clock.ts';
import type { Connection } from '../../src/net/connection.ts';
import { relay } from '../../src/proxy/tunnel.ts';
import { endTunnel } from '../../src/proxy/watch.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

/** A clock whose sleepers are woken by hand: the milliseconds that each wanted to wait. */
function byHand(kind: Clock['kind'] = 'real') {
  const sleepers: { ms: number; task: () => void }[] = [];
  const clock: Clock = {
    kind,
    now: () => 0,
    date: () => 0,
    sleep: () => Promise.resolve(),
    after(ms, task) {
      const sleeper = { ms, task };
      sleepers.push(sleeper);
      return () => void sleepers.splice(sleepers.indexOf(sleeper), sleepers.includes(sleeper) ? 1 : 0);
    },
    [Symbol.dispose]: () => undefined,
  };
  return { clock, wake: () => sleepers.shift()?.task(), waits: () => sleepers.map(({ ms }) => ms) };
}

/** Both ends of a connection: of the one who dialled, and of the one who listened. */
async function pair(world: World, port: number): Promise<[Connection, Connection]> {
  const server = host('10.20.0.8', 'server');
  const accepted = new Promise<Connection>((resolve) => void world.net.listen(server, port, resolve));
  await world.net.settled();
  const dialled = await world.net.dial(host('10.20.0.10', 'client'), { ip: server.ip, port });
  if (!dialled.ok) throw new Error(dialled.failure.detail);
  return [dialled.value, await accepted];
}

async function silenced(world: World, clock: Clock, how: 'silence' | 'forget' = 'silence') {
  const [client, near] = await pair(world, 8080);
  const [far, origin] = await pair(world, 443);
  for (const end of [client, origin]) end.resume();
  const looked = { tunnel: () => undefined };
  const tunnel = relay({ stream: near, connection: near }, { stream: far, connection: far }, looked, clock);
  if (how === 'silence') tunnel.silence();
  else endTunnel(tunnel, 'forget');
  return { client, near, far, origin };
}

/** As a kernel answers for a program that has ended. */
async function die(world: World, client: Connection): Promise<void> {
  client.end();
  await world.net.settled();
  client.reset();
  await world.net.settled();
}

test('the connection to the destination goes when the program of the client has ended', async () => {
  await using world = startWorld();
  const { clock, wake, waits } = byHand();
  const { client, near, far, origin } = await silenced(world, clock);
  await die(world, client);
  // Node has read the FIN and reads no more: the RST goes by.
  expect([near.destroyed, far.destroyed]).toEqual([false, false]);
  expect(waits()).toEqual([130_000]);
  wake();
  await world.net.settled();
  expect([near.destroyed, far.destroyed, waits()]).toEqual([true, false, [60_000]]);
  wake();
  await world.net.settled();
  expect([far.destroyed, origin.readableEnded, waits()]).toEqual([true, true, []]);
});

test('a client that has said FIN and is still there hears nothing, however often it is looked at', async () => {
  await using world = startWorld();
  const { clock, wake, waits } = byHand();
  const { client, near, far } = await silenced(world, clock);
  client.end();
  await world.net.settled();
  const waited: number[] = [];
  for (let looks = 0; looks < 7; looks += 1) {
    waited.push(...waits());
    wake();
    await world.net.settled();
  }
  expect(waited).toEqual([130_000, 130_000, 260_000, 520_000, 1_040_000, 2_080_000, 3_600_000]);
  expect([client.readableEnded, client.destroyed, near.destroyed, far.destroyed]).toEqual([false, false, false, false]);
});

test('of a tunnel that a device forgot, the destination is let go after its client', async () => {
  await using world = startWorld();
  const { clock, wake, waits } = byHand();
  const { client, near, far } = await silenced(world, clock, 'forget');
  client.write('hello?');
  await world.net.settled();
  expect([near.destroyed, far.destroyed, waits()]).toEqual([true, false, [60_000]]);
  wake();
  expect(far.destroyed).toBe(true);
});

test('on the virtual clock nothing of this happens', async () => {
  await using world = startWorld();
  const { clock, waits } = byHand('virtual');
  const { client, far } = await silenced(world, clock);
  await die(world, client);
  expect([far.destroyed, waits()]).toEqual([false, []]);
});
