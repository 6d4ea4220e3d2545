import { once } from 'node:events';

import { expect, test } from 'vitest';

import { connectTunnel, exchange } from '../../src/http/index.ts';
import { ResponseReader } from '../../src/http/response.ts';
import type { Connection } from '../../src/net/connection.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';
import { fc } from '../kit/properties.ts';

const client = host('10.20.0.10', 'client');
const server = host('10.20.0.8', 'server');

/** A server that says these bytes when it has heard something, and what it heard. */
async function against(
  world: World,
  answer: string | ((connection: Connection) => void),
): Promise<{ stream: Connection; heard: () => string }> {
  let text = '';
  await world.net.listen(server, 80, (connection) => {
    connection.on('data', (chunk) => (text += String(chunk)));
    connection.once('data', () => {
      if (typeof answer === 'string') connection.end(answer);
      else answer(connection);
    });
  });
  const dialled = await world.net.dial(client, { ip: server.ip, port: 80 });
  if (!dialled.ok) throw new Error('no connection');
  return { stream: dialled.value, heard: () => text };
}

const get = { method: 'GET', target: '/', headers: [['Host', 'a.example']] as [string, string][] };

async function got(answer: string | ((connection: Connection) => void), request: object = {}, limits: object = {}) {
  await using world = startWorld();
  const { stream } = await against(world, answer);
  const outcome = await exchange(stream, { ...get, ...request }, { timeout: 60_000, clock: world.clock, ...limits });
  return outcome.ok ? { ...outcome.value, body: outcome.value.body.toString() } : outcome.failure;
}

test('the request goes out exactly as given, with Content-Length when it has a body', async () => {
  await using world = startWorld();
  const { stream, heard } = await against(world, 'HTTP/1.1 204 No Content\r\n\r\n');
  const headers: [string, string][] = [
    ['HOST', 'a.example'],
    ['X-Twice', '1'],
    ['X-Twice', '2'],
  ];
  const request = { method: 'POST', target: 'http://a.example/a//b?x', headers, body: 'ä' };
  await exchange(stream, request, { timeout: 1000, clock: world.clock });
  expect(heard()).toBe(
    'POST http://a.example/a//b?x HTTP/1.1\r\nHOST: a.example\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 2\r\n\r\nä',
  );
  expect(() => exchange(stream, { ...get, target: '/\r\nX: y' }, { timeout: 1, clock: world.clock })).toThrow(
    'line break',
  );
});

test.each([
  ['by number', 'Content-Length: 5\r\n\r\nhello', true],
  ['by equal numbers', 'Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello', true],
  ['by chunks', 'Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: t\r\n\r\n', true],
  ['by the end of the connection', '\r\nhello', true],
  ['by number, and cut', 'Content-Length: 10\r\n\r\nhello', false],
  ['by chunks, and cut', 'Transfer-Encoding: chunked\r\n\r\n9\r\nhello', false],
])('a body may be framed %s', async (_how, rest, complete) => {
  const answer = await got(`HTTP/1.1 200 OK\r\n${rest}`);
  expect(answer).toMatchObject({ status: 200, body: 'hello', complete });
});

test('order, case and repetition of header fields are kept', async () => {
  expect(await got('HTTP/1.0 200\r\nB: 2\r\na:1 \r\nB:  3\r\nContent-Length: 0\r\n\r\n')).toMatchObject({
    version: '1.0',
    reason: '',
    headers: [
      ['B', '2'],
      ['a', '1'],
      ['B', '3'],
      ['Content-Length', '0'],
    ],
  });
});

test('interim answers are passed over, and HEAD has no body', async () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
  expect(await got(`${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`)).toMatchObject({
    status: 200,
    body: 'ok',
  });
  const head = await got('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', { method: 'HEAD' });
  expect(head).toMatchObject({ body: '', complete: true });
});

test.each([
  ['another protocol', '220 mail.example ESMTP\r\n'],
  ['HTTP/2 in the status line', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['no status', 'HTTP/1.1 OK\r\n\r\n'],
  ['a field without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
  ['a folded field', 'HTTP/1.1 200 OK\r\nA: x\r\n y\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx'],
  ['a chunk that lies', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n'],
  ['a chunk without size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
])('%s is malformed', async (_what, answer) => {
  expect(await got(answer)).toMatchObject({ code: 'http.malformed' });
});

test('what is too large is refused, and the process keeps its memory', async () => {
  const large = { largestHead: 100, largestBody: 100 };
  const filler = 'x'.repeat(200);
  expect(await got(`HTTP/1.1 200 OK\r\nA: ${filler}\r\n\r\n`, {}, large)).toMatchObject({ code: 'http.too-large' });
  expect(await got(`HTTP/1.1 200 OK\r\n\r\n${filler}`, {}, large)).toMatchObject({ code: 'http.malformed' });
  expect(await got('HTTP/1.1 200 OK\r\n\r\nsmall', {}, large)).toMatchObject({ body: 'small' });
});

test('an end before the answer is told by how it came', async () => {
  expect(await got((connection) => connection.end())).toMatchObject({ code: 'tcp.closed' });
  expect(await got('HTTP/1.1 200 OK\r\nA:')).toMatchObject({ code: 'tcp.closed' });
  expect(await got((connection) => connection.reset())).toMatchObject({ code: 'tcp.reset' });
});

test('a silent peer costs the limit in lab time; without limit only what else happens', async () => {
  await using world = startWorld();
  const { stream } = await against(world, () => undefined);
  const outcome = await exchange(stream, get, { timeout: 30_000, clock: world.clock });
  expect([outcome, world.clock.now()]).toMatchObject([{ failure: { code: 'http.timeout' } }, 30_000]);
  const waiting = exchange(stream, get, { timeout: Infinity, clock: world.clock });
  await world.clock.sleep(5000);
  expect(world.clock.now()).toBe(35_000);
  stream.destroy();
  expect(await waiting).toMatchObject({ failure: { code: 'tcp.closed' } });
});

test('a stream that is over gives no answer, at once', async () => {
  await using world = startWorld();
  const { stream } = await against(world, 'HTTP/1.1 204 No Content\r\n\r\n');
  const limits = { timeout: 1000, clock: world.clock };
  expect(await exchange(stream, get, limits)).toMatchObject({ value: { status: 204 } });
  await once(stream.resume(), 'end');
  expect(await exchange(stream, get, limits)).toMatchObject({ failure: { code: 'tcp.closed' } });
  expect(world.clock.now()).toBe(0);
});

const tunnelled = async (answer: string) => {
  const world = startWorld();
  const { stream, heard } = await against(world, (connection) => {
    connection.write(answer);
    connection.on('data', (chunk) => connection.write(`echo ${String(chunk)}`));
  });
  const outcome = await connectTunnel(
    stream,
    { authority: 'a.example:443', headers: [['Host', 'a.example:443']] },
    { timeout: 1000, clock: world.clock },
  );
  return { world, stream, heard, outcome };
};

test.each([
  ['200', 'HTTP/1.1 200 Connection established\r\n\r\n'],
  ['any 2xx', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nProxy-agent: x\r\n\r\n'],
  ['a Content-Length, which means nothing', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'],
  ['a coding, which means nothing', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
])('%s opens a tunnel', async (_what, answer) => {
  const { world, stream, heard, outcome } = await tunnelled(answer);
  await using _world = world;
  expect(outcome).toMatchObject({ ok: true, value: { body: Buffer.alloc(0), complete: true } });
  expect(heard()).toBe('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n');
  stream.resume().write('hi');
  const [echo] = (await once(stream, 'data')) as [Buffer];
  expect(echo.toString()).toBe('echo hi');
});

test('bytes in the same segment as the 200 are the first of the tunnel', async () => {
  const { world, stream } = await tunnelled('HTTP/1.1 200 OK\r\n\r\n220 hello');
  await using _world = world;
  const [first] = (await once(stream.resume(), 'data')) as [Buffer];
  expect(first.toString()).toBe('220 hello');
});

test('a refusal is read to its end, so that the connection carries the next leg', async () => {
  const { world, stream, outcome } = await tunnelled(
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\n\r\n',
  );
  await using _world = world;
  expect(outcome).toMatchObject({ value: { status: 407, body: Buffer.from('no') } });
  const next = await connectTunnel(
    stream,
    { authority: 'a.example:443', headers: [] },
    { timeout: 1000, clock: world.clock },
  );
  expect(next).toMatchObject({ value: { status: 200 } });
});

const options = { method: 'GET', largestHead: 10_000, largestBody: 10_000 };
const whole = (pieces: readonly Buffer[]): unknown => {
  const reader = new ResponseReader(options);
  for (const piece of pieces) {
    const outcome = reader.feed(piece);
    if (outcome) return { outcome, rest: reader.rest.toString() };
  }
  return { outcome: reader.end(), rest: reader.rest.toString() };
};

test('where the segments are cut does not change the answer', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n';
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(whole(pieces)).toEqual(whole([bytes]));
    }),
  );
});

test('no bytes make the reader throw', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ maxLength: 100 }).map((text) => Buffer.from(`HTTP/1.1 200 OK\r\n${text}`)),
    fc
      .string({ maxLength: 60 })
      .map((text) => Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`)),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      expect(whole([Buffer.from(given)])).toHaveProperty('outcome.ok');
    }),
  );
});
