/** SOCKS to the byte, and what each client sends of the destination's name. */
import { expect, test } from 'vitest';

import { openSocks } from '../../src/client/socks.ts';
import type { SocksRequest } from '../../src/client/socks.ts';
import { host, startWorld } from '../kit/world.ts';
import { get, play, scripted, withProxy, withScript } from './kit.ts';

const request = { host: 'app.test', port: 443, credentials: null } as const;

/** A proxy that gives these answers, one per piece it hears; what the client sent, and how it ended. */
async function against(answers: readonly (readonly number[])[], asked: SocksRequest) {
  await using world = startWorld();
  const heard: number[][] = [];
  await world.net.listen(host('10.20.0.8'), 1080, (connection) => {
    connection.on('data', (piece: Buffer) => {
      const answer = answers[heard.length];
      heard.push([...piece]);
      if (answer) connection.write(Buffer.from(answer));
      if (heard.length >= answers.length && (answer?.length ?? 0) < 2) connection.end();
    });
  });
  const dialled = await world.net.dial(host('10.20.0.10'), { ip: '10.20.0.8', port: 1080 });
  if (!dialled.ok) throw new Error('not dialled');
  const outcome = await openSocks(dialled.value, asked, { timeout: 30_000, clock: world.clock });
  const rest = dialled.value.read() as Buffer | null;
  return { heard, outcome, rest: rest?.toString() };
}

const text = (value: string): number[] => [...Buffer.from(value)];
const bound = [0, 1, 10, 20, 0, 8, 4, 56];

test('version 5 sends the name, and leaves what follows the reply in the stream', async () => {
  const { heard, outcome, rest } = await against(
    [
      [5, 0],
      [5, 0, ...bound, ...text('hello')],
    ],
    { version: 5, ...request },
  );
  expect(heard).toEqual([
    [5, 1, 0],
    [5, 1, 0, 3, 8, ...text('app.test'), 1, 187],
  ]);
  expect([outcome.ok, rest]).toEqual([true, 'hello']);
});

test('version 5 takes addresses of both families and a bound name', async () => {
  const v4 = await against(
    [
      [5, 0],
      [5, 0, ...bound],
    ],
    { version: 5, ...request, host: '203.0.113.10' },
  );
  expect(v4.heard[1]).toEqual([5, 1, 0, 1, 203, 0, 113, 10, 1, 187]);
  const v6 = await against(
    [
      [5, 0],
      [5, 0, 0, 3, 2, 97, 98, 0, 80],
    ],
    { version: 5, ...request, host: '2001:db8::1' },
  );
  expect(v6.heard[1]).toEqual([5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1, 1, 187]);
  expect([v4.outcome.ok, v6.outcome.ok]).toEqual([true, true]);
});

test('version 5 says who it is where the proxy wants to know', async () => {
  const credentials = { user: 'ann', password: 'x' };
  const right = await against(
    [
      [5, 2],
      [1, 0],
      [5, 0, ...bound],
    ],
    { version: 5, ...request, credentials },
  );
  expect(right.heard.slice(0, 2)).toEqual([
    [5, 2, 0, 2],
    [1, 3, ...text('ann'), 1, ...text('x')],
  ]);
  expect(right.outcome.ok).toBe(true);
  const wrong = await against(
    [
      [5, 2],
      [1, 1],
    ],
    { version: 5, ...request, credentials },
  );
  expect(wrong.outcome).toMatchObject({ ok: false, failure: { code: 'proxy.status' } });
});

test('version 4 sends an address, 4a the name behind an impossible one', async () => {
  const four = await against([[0, 0x5a, 0, 0, 0, 0, 0, 0]], { version: 4, ...request, host: '203.0.113.10' });
  expect(four.heard).toEqual([[4, 1, 1, 187, 203, 0, 113, 10, 0]]);
  const named = await against([[0, 0x5a, 0, 0, 0, 0, 0, 0]], { version: 4, ...request });
  expect(named.heard).toEqual([[4, 1, 1, 187, 0, 0, 0, 1, 0, ...text('app.test'), 0]]);
  expect([four.outcome.ok, named.outcome.ok]).toEqual([true, true]);
});

test.each<[what: string, answers: number[][], version: 4 | 5, code: string, refused: number | undefined]>([
  [
    'a refusal in version 5',
    [
      [5, 0],
      [5, 5, ...bound],
    ],
    5,
    'proxy.status',
    5,
  ],
  ['a refusal in version 4', [[0, 0x5b, 0, 0, 0, 0, 0, 0]], 4, 'proxy.status', 0x5b],
  ['no method', [[5, 0xff]], 5, 'proxy.status', 0xff],
  ['HTTP', [text('HTTP/1.1 400 Bad Request\r\n')], 5, 'http.malformed', undefined],
  ['an end', [], 5, 'tcp.closed', undefined],
  ['an end inside of an answer', [[5]], 5, 'tcp.closed', undefined],
])('%s is a failure', async (_what, answers, version, code, refused) => {
  const { outcome } = await against(answers, { version, ...request });
  expect(outcome).toMatchObject({ ok: false, failure: { code } });
  expect(outcome.refused).toBe(refused);
});

const socksHost = (then: string) => ({ 'socks.corp.example': { tcp: { ports: [1080], then } } });
const records = { 'socks.corp.example': { A: '10.20.0.7' } };
const v4 = Buffer.from([4, 1, 1, 187, 203, 0, 113, 10, 0]);
const v4a = Buffer.concat([Buffer.from([4, 1, 1, 187, 0, 0, 0, 1, 0]), Buffer.from('app.test\0')]);
const v5 = Buffer.from([5, 1, 0]);

test.each([
  ['chromium', 'SOCKS', v4, 'ERR_TIMED_OUT', 30_000],
  ['chromium', 'SOCKS5', v5, 'ERR_TIMED_OUT', 30_000],
  ['firefox', 'SOCKS', v4a, 'netTimeout', 31_000],
  ['node', 'SOCKS4', v4a, 'none', 600_000],
  ['node', 'SOCKS', v5, 'none', 600_000],
])('%s with %s begins so, and waits for an answer', async (profile, word, first, error, at) => {
  const story = { profile, records, client: withScript(profile), steps: [get()] };
  const hosts = { ...socksHost('accept'), ...scripted(`${word} socks.corp.example:1080`) };
  const { of, requests } = await play({ ...story, hosts }, { bytes: true });
  const sent = of('tcp.data').filter(({ dir }) => dir === 'up');
  expect(sent.at(-1)?.bytes).toBe(first.toString('base64'));
  expect(requests[0]).toMatchObject({ error: { name: error }, at });
  // Only who sends an address has asked for it.
  const asked = of('dns.query').some(({ name }) => name === 'app.test');
  expect(asked).toBe(first === v4);
});

test.each([
  ['chromium', { name: 'ERR_SOCKS_CONNECTION_FAILED', number: -120 }],
  ['curl', { number: 97, text: 'curl: (97) connection to proxy closed' }],
])('%s and a SOCKS proxy that closes at once', async (profile, error) => {
  const client = withProxy(profile, 'socks5://socks.corp.example:1080');
  const { requests } = await play({ profile, records, client, hosts: socksHost('close'), steps: [get()] });
  expect(requests[0]?.error).toMatchObject(error);
});

test.each(['SOCKS', 'SOCKS5'])('Firefox and %s that ends in place of a reply', async (word) => {
  const story = { profile: 'firefox', records, client: withScript('firefox'), steps: [get()] };
  const hosts = { ...socksHost('close'), ...scripted(`${word} socks.corp.example:1080`) };
  const { requests } = await play({ ...story, hosts });
  expect(requests[0]?.error).toMatchObject({ name: 'connectionFailure' });
});
