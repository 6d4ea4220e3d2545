/** What behaviours do to bytes on their way. */
import { describe, expect, test } from 'vitest';

import { echo, fine, startProxyLab } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const get = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n';
const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';
const granted = 'HTTP/1.1 200 Connection established\r\n\r\n';

interface Joined {
  lab: ProxyLab;
  client: Talk;
  origin: Talk;
}

/** A tunnel that stands. */
async function tunnel(lab: ProxyLab): Promise<Joined> {
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(connect);
  while (!origins[0] || client.heard() === '') await lab.world.clock.sleep(1000);
  return { lab, client, origin: origins[0] };
}

const body = (size: number) => (side: Talk) =>
  side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`);
const heardBody = (talk: Talk): number => talk.heard().length - talk.heard().indexOf('\r\n\r\n') - 4;

test('throttle lets 1 MB take as long as its rate says, plain and in a tunnel, and not a healthy one', async () => {
  for (const [behaviour, expected] of [
    [{ kind: 'throttle', rate: 100_000 }, 10_000],
    ['allow', 0],
  ] as const) {
    await using lab = await startProxyLab({ behaviour });
    const { client, origin } = await tunnel(lab);
    const start = lab.world.clock.now();
    origin.send('y'.repeat(1_000_000));
    while (client.heard().length < granted.length + 1_000_000) await lab.world.clock.sleep(100);
    expect(Math.abs(lab.world.clock.now() - start - expected)).toBeLessThanOrEqual(1000);
    await lab.origin(80, body(1_000_000));
    const plain = await lab.dial();
    const asked = lab.world.clock.now();
    plain.send(get);
    while (heardBody(plain) < 1_000_000) await lab.world.clock.sleep(100);
    expect(Math.abs(lab.world.clock.now() - asked - expected)).toBeLessThanOrEqual(1000);
  }
});

test('throttle keeps to whole milliseconds, and to its rate all the same', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'throttle', rate: 3000, direction: 'down' } });
  const { client, origin } = await tunnel(lab);
  const start = lab.world.clock.now();
  const times = new Set<number>();
  client.connection.on('data', () => times.add(lab.world.clock.now()));
  for (let count = 0; count < 70; count += 1) origin.send('x'.repeat(100));
  while (client.heard().length < granted.length + 7000) await lab.world.clock.sleep(1);
  expect([...times].filter((at) => !Number.isInteger(at))).toEqual([]);
  expect(lab.world.clock.now() - start).toBeGreaterThanOrEqual(2333);
  expect(lab.world.clock.now() - start).toBeLessThanOrEqual(2340);
});

test('throttle in one direction leaves the other alone', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'throttle', rate: 10, direction: 'up' } });
  const { client, origin } = await tunnel(lab);
  origin.send('z'.repeat(5000));
  await lab.settled();
  expect(client.heard()).toHaveLength(granted.length + 5000);
  client.send('a'.repeat(20));
  await lab.settled();
  expect(origin.heard()).toBe('');
  await lab.world.clock.sleep(2001);
  expect(origin.heard()).toBe('a'.repeat(20));
});

test('latency delays what passes, without making it slower, and FIN comes after the bytes', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'latency', delay: '2s' } });
  const { client, origin } = await tunnel(lab);
  expect(lab.world.clock.now()).toBe(4000);
  const start = lab.world.clock.now();
  for (let index = 0; index < 10; index += 1) origin.send('x'.repeat(10_000));
  origin.connection.end();
  await lab.world.clock.sleep(1999);
  expect(client.heard()).toBe(granted);
  await lab.world.clock.sleep(1);
  await lab.settled();
  expect([client.heard().length - granted.length, lab.world.clock.now() - start]).toEqual([100_000, 2000]);
  await lab.world.clock.sleep(2000);
  await lab.settled();
  expect(client.ended()).toBe(true);
  await lab.origin(80, fine);
  const plain = await lab.dial();
  const asked = lab.world.clock.now();
  plain.send(get);
  while (!plain.heard().endsWith('fine')) await lab.world.clock.sleep(500);
  expect(lab.world.clock.now() - asked).toBe(4000);
});

test('latency holds back what is more than its line, and loses nothing of it', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'latency', delay: '1s' } });
  const { client, origin } = await tunnel(lab);
  const size = 9_000_000;
  origin.send('x'.repeat(size));
  for (let second = 0; second < 10; second += 1) {
    await lab.world.clock.sleep(1000);
    await lab.settled();
  }
  expect(client.heard().length - granted.length).toBe(size);
});

test('what is sent later than its head is as late, in an answer too', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'latency', delay: '2s', direction: 'down' } });
  const origins = await lab.origin(80);
  const client = await lab.dial();
  client.send(get);
  await lab.settled();
  origins[0]?.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nearl');
  await lab.world.clock.sleep(1500);
  origins[0]?.send('late');
  await lab.world.clock.sleep(500);
  expect(client.heard().endsWith('earl')).toBe(true);
  await lab.world.clock.sleep(1499);
  expect(client.heard().endsWith('earl')).toBe(true);
  await lab.world.clock.sleep(1);
  await lab.settled();
  expect(client.heard().endsWith('earllate')).toBe(true);
});

describe('the body of a plain request is on the way up', () => {
  const post = (size: number): string =>
    `POST http://app.test/ HTTP/1.1\r\nHost: app.test\r\nContent-Length: ${size}\r\n\r\n${'u'.repeat(size)}`;
  const begin = async (behaviour: object, size: number) => {
    const lab = await startProxyLab({ behaviour });
    const origins = await lab.origin(80);
    const client = await lab.dial();
    client.send(post(size));
    await lab.settled();
    return { lab, client, heard: () => (origins[0] ? heardBody(origins[0]) : undefined), origins };
  };

  test('throttled', async () => {
    const { lab, heard } = await begin({ kind: 'throttle', rate: 1000, direction: 'up' }, 2000);
    await using _ = lab;
    for (const passed of [1000, 2000]) {
      // The slice of this very moment, too.
      await lab.world.clock.sleep(1050);
      await lab.settled();
      expect(heard()).toBe(passed);
    }
  });
  test('lost when it is too large, and whole when it is not', async () => {
    for (const [size, passed] of [
      [1301, 0],
      [1200, 1200],
    ] as const) {
      const { lab, heard, client } = await begin({ kind: 'mtu-blackhole', direction: 'up' }, size);
      await using _ = lab;
      await lab.world.clock.sleep(60_000);
      expect([heard(), client.heard(), client.ended()]).toEqual([passed, '', false]);
    }
  });
  test.each(['fin', 'rst'] as const)('cut by %s, without a status', async (how) => {
    const { lab, heard, client, origins } = await begin({ kind: 'truncate', after: 500, direction: 'up', how }, 2000);
    await using _ = lab;
    expect([heard(), client.heard()]).toEqual([500, '']);
    expect([client.ended(), client.failure()]).toEqual(how === 'fin' ? [true, undefined] : [false, 'ECONNRESET']);
    expect(origins[0]?.ended() || origins[0]?.failure()).toBeTruthy();
  });
  test('dropped in silence', async () => {
    const { lab, heard, client } = await begin({ kind: 'silent-drop', after: 500, direction: 'up' }, 2000);
    await using _ = lab;
    await lab.world.clock.sleep(60_000);
    expect([heard(), client.heard(), client.ended()]).toEqual([500, '', false]);
  });
});

test('truncate after nothing ends with the first byte of the destination', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'truncate', after: 0 } });
  const { client, origin } = await tunnel(lab);
  origin.send('first');
  await lab.settled();
  await lab.settled();
  expect([client.heard(), client.ended()]).toEqual([granted, true]);
});

test('silent-drop in one direction leaves the other alone', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'silent-drop', after: 3, direction: 'up' } });
  const { client, origin } = await tunnel(lab);
  client.send('hello');
  await lab.settled();
  origin.send('down');
  await lab.settled();
  expect([origin.heard(), client.heard()]).toEqual(['hel', `${granted}down`]);
});

test('slow waits before it dials, and does not dial for a client that has left', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'slow', delay: '30s' } });
  const origins = await lab.origin(443);
  const [patient, impatient] = [await lab.dial(), await lab.dial()];
  patient.send(connect);
  impatient.send(connect);
  await lab.settled();
  impatient.connection.destroy();
  await lab.world.clock.sleep(29_999);
  expect([patient.heard(), origins.length]).toEqual(['', 0]);
  await lab.world.clock.sleep(1);
  await lab.settled();
  expect([patient.heard(), origins.length]).toEqual([granted, 1]);
  patient.send('after');
  await lab.settled();
  expect(origins[0]?.heard()).toBe('after');
});

test.each(['fin', 'rst'] as const)('truncate by %s gives a client part of the body and an end', async (how) => {
  await using lab = await startProxyLab({
    behaviour: { kind: 'truncate', after: 1000, how },
  });
  await lab.origin(80, body(5000));
  const plain = await lab.dial();
  plain.send(get);
  await lab.settled();
  expect(heardBody(plain)).toBe(1000);
  expect([plain.ended(), plain.failure()]).toEqual(how === 'fin' ? [true, undefined] : [false, 'ECONNRESET']);
  const { client, origin } = await tunnel(lab);
  origin.send('x'.repeat(5000));
  await lab.settled();
  expect(client.heard()).toBe(granted + 'x'.repeat(1000));
  expect([client.ended(), client.failure()]).toEqual(how === 'fin' ? [true, undefined] : [false, 'ECONNRESET']);
  expect([origin.ended(), origin.failure()]).toEqual(how === 'fin' ? [true, undefined] : [false, 'ECONNRESET']);
});

test('truncate leaves alone what is shorter, and can reset right after a complete answer', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'truncate', after: 4, how: 'rst' } });
  await lab.origin(80, body(3));
  const whole = await lab.dial();
  whole.send(get + get);
  await lab.settled();
  expect([whole.heard().match(/xxx/g)?.length, whole.failure()]).toEqual([2, undefined]);
  await using exact = await startProxyLab({ behaviour: { kind: 'truncate', after: 4, how: 'rst' } });
  await exact.origin(80, fine);
  const client = await exact.dial();
  client.send(get);
  await exact.settled();
  expect([client.heard().endsWith('\r\n\r\nfine'), client.failure()]).toEqual([true, 'ECONNRESET']);
});

test('half-close loses the answer of the destination after the FIN of the client; a healthy tunnel does not', async () => {
  for (const [behaviour, tail] of [
    ['half-close', ''],
    [{ kind: 'half-close', from: 'origin' }, 'tail'],
    ['allow', 'tail'],
  ] as const) {
    await using lab = await startProxyLab({ behaviour });
    const { client, origin } = await tunnel(lab);
    client.send('question');
    client.connection.end();
    await lab.settled();
    expect([origin.heard(), origin.ended()]).toEqual(['question', true]);
    origin.send('tail');
    origin.connection.end();
    await lab.settled();
    expect([client.heard(), client.ended()]).toEqual([granted + tail, true]);
  }
});

test('silent-drop opens tunnels and lets neither bytes nor FIN nor RST pass', async () => {
  await using lab = await startProxyLab({ behaviour: 'silent-drop' });
  const { client, origin } = await tunnel(lab);
  client.send('hello');
  origin.send('hello');
  await lab.world.clock.sleep(3_600_000);
  expect([client.heard(), origin.heard()]).toEqual([granted, '']);
  client.connection.end();
  origin.connection.reset();
  await lab.settled();
  expect([client.ended(), client.failure(), origin.ended()]).toEqual([false, undefined, false]);
});

test('silent-drop after some bytes lets those pass', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'silent-drop', after: 5 } });
  const { client, origin } = await tunnel(lab);
  client.send('hel');
  await lab.settled();
  origin.send('abc');
  await lab.settled();
  client.send('lo, world');
  await lab.settled();
  origin.send('def');
  await lab.settled();
  expect([origin.heard(), client.heard()]).toEqual(['hello', `${granted}abc`]);
  await lab.origin(80, fine);
  const plain = await lab.dial();
  plain.send(get);
  await lab.settled();
  expect(plain.heard().endsWith('fine')).toBe(true);
});

test('mtu-blackhole passes small writes, loses a large one and all that follows it in that direction', async () => {
  await using lab = await startProxyLab({ behaviour: 'mtu-blackhole' });
  const { client, origin } = await tunnel(lab);
  client.send('a'.repeat(1300));
  await lab.settled();
  origin.send('b'.repeat(1301));
  await lab.settled();
  origin.send('c');
  await lab.settled();
  client.send('d');
  await lab.settled();
  expect([origin.heard().length, client.heard()]).toEqual([1301, granted]);
  expect([client.ended(), client.failure()]).toEqual([false, undefined]);
});

test('behaviours of tunnels work on an upgraded connection too', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'throttle', rate: 10, direction: 'down' } });
  const origins = await lab.origin(80, (side, chunk) => {
    if (chunk.startsWith('GET'))
      side.send('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  const client = await lab.dial();
  client.send(get.replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'));
  await lab.settled();
  expect(client.heard()).toContain('101');
  const before = client.heard().length;
  origins[0]?.send('0123456789');
  await lab.settled();
  expect(client.heard()).toHaveLength(before);
  await lab.world.clock.sleep(1001);
  await lab.settled();
  expect(client.heard()).toHaveLength(before + 10);
});

test('a client that leaves a throttled tunnel stops its timers', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'throttle', rate: 1 } });
  const { client, origin } = await tunnel(lab);
  origin.send('x'.repeat(100));
  await lab.settled();
  const before = lab.world.clock.now();
  client.connection.reset();
  await lab.settled();
  await lab.settled();
  expect(lab.world.clock.now() - before).toBeLessThan(10_000);
  expect(origin.failure()).toBe('ECONNRESET');
});

test('a rule with a schedule spoils the second answer only', async () => {
  await using lab = await startProxyLab({ rules: [{ when: { nth: 2 }, then: { kind: 'truncate', after: 1 } }] });
  await lab.origin(80, echo);
  const first = await lab.ask(get);
  const second = await lab.ask(get);
  const third = await lab.ask(get);
  expect([first.length === third.length, second.length < first.length]).toEqual([true, true]);
});

test('a fault that is taken away in the middle leaves what is under way as it is, whole and in order', async () => {
  for (const behaviour of [
    { kind: 'throttle', rate: 10_000 },
    { kind: 'latency', delay: '3s' },
  ]) {
    await using lab = await startProxyLab({ behaviour });
    const { client, origin } = await tunnel(lab);
    const sent = Array.from({ length: 5000 }, (_, index) => String(index).padStart(8, '0')).join('');
    origin.send(sent);
    await lab.world.clock.sleep(1000);
    expect(client.heard().length).toBeLessThan(sent.length);
    lab.proxy.change([]);
    while (client.heard().length < granted.length + sent.length) await lab.world.clock.sleep(100);
    expect(client.heard() === granted + sent).toBe(true);
    const healthy = lab.world.clock.now();
    await lab.origin(80, body(100_000));
    const plain = await lab.dial();
    plain.send(get);
    await lab.settled();
    expect([heardBody(plain), lab.world.clock.now() - healthy]).toEqual([100_000, 0]);
  }
});
