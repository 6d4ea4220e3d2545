import { expect, test } from 'vitest';

import { fine, startProxyLab } from './lab.ts';
import type { ProxyLab } from './lab.ts';

const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';
const start = (options: object): Promise<ProxyLab> =>
  startProxyLab({ behaviour: { kind: 'connect-reply', ...options } });

test.each<[what: string, options: object, head: string | RegExp]>([
  ['HTTP/1.0', { version: '1.0' }, 'HTTP/1.0 200 Connection established\r\n\r\n'],
  ['204', { status: 204, reason: 'No Content' }, 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['a length', { headers: { 'Content-Length': '5' } }, /^HTTP\/1\.1 200 .*\r\nContent-Length: 5\r\n\r\n$/],
  [
    'chunks',
    { headers: { 'Transfer-Encoding': 'chunked' } },
    /^HTTP\/1\.1 200 .*\r\nTransfer-Encoding: chunked\r\n\r\n$/,
  ],
  ['a bad status line', { line: 'HTTP/1.1 OK' }, 'HTTP/1.1 OK\r\n\r\n'],
  ['300 KB of fields', { padding: 300_000 }, /^HTTP\/1\.1 200 [\s\S]{300000,303000}\r\n\r\n$/],
])('connect-reply opens a tunnel with %s', async (_what, options, head) => {
  await using lab = await start(options);
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(connect);
  await lab.settled();
  const answer = client.heard();
  if (typeof head === 'string') expect(answer).toBe(head);
  else expect(answer).toMatch(head);
  client.send('up');
  origins[0]?.send('down');
  await lab.settled();
  expect([client.heard(), origins[0]?.heard()]).toEqual([`${answer}down`, 'up']);
  expect(lab.events('proxy.tunnel')).toHaveLength(1);
});

test('bytes of the destination come in the segment of the 200, when it speaks first', async () => {
  await using lab = await start({ coalesce: '5s' });
  const origins = await lab.origin(443);
  const client = await lab.dial();
  const segments: string[] = [];
  client.connection.on('data', (chunk: Buffer) => segments.push(chunk.toString()));
  client.send(connect);
  await lab.settled();
  expect(segments).toEqual([]);
  origins[0]?.send('220 ready');
  await lab.settled();
  expect(segments).toEqual(['HTTP/1.1 200 Connection established\r\n\r\n220 ready']);
  expect(lab.events('proxy.response').map(({ early }) => early)).toEqual([9]);
  origins[0]?.send('more');
  await lab.settled();
  expect(client.heard().endsWith('readymore')).toBe(true);
});

test('a destination that does not speak first is not waited for longer than told', async () => {
  await using lab = await start({ coalesce: '5s' });
  await lab.origin(443);
  const client = await lab.dial();
  client.send(connect);
  await lab.world.clock.sleep(5001);
  await lab.settled();
  expect(client.heard()).toBe('HTTP/1.1 200 Connection established\r\n\r\n');
  expect(lab.events('proxy.response').map(({ early }) => early)).toEqual([undefined]);
});

test('early text comes in the segment of the 200', async () => {
  await using lab = await start({ early: 'hello' });
  await lab.origin(443);
  expect(await lab.ask(connect)).toBe('HTTP/1.1 200 Connection established\r\n\r\nhello');
  expect(lab.events('proxy.response').map(({ early }) => early)).toEqual([5]);
});

test('a page in the 200 to CONNECT is told as what it is: bytes of the tunnel', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'respond', status: 200, body: 'Grüß Gott' } });
  expect(await lab.ask(connect)).toContain('200 OK');
  expect(lab.events('proxy.response').map(({ early }) => early)).toEqual([11]);
});

test('plain requests and refusals are as usual', async () => {
  await using lab = await start({ status: 204 });
  await lab.origin(80, fine);
  expect(await lab.ask('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n')).toContain('200 Fine');
  expect(await lab.ask('CONNECT gone.test:443 HTTP/1.1\r\n\r\n')).toContain('502 Bad Gateway');
});
