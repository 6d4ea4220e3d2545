import { expect, test } from 'vitest';

import { startProxyLab, statusLine } from './lab.ts';
import type { Talk } from './lab.ts';

const upgrade =
  'GET http://app.test/chat HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade, X-Drop\r\nUpgrade: websocket\r\nX-Drop: 1\r\nSec-WebSocket-Key: a\r\n';
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: b\r\n\r\n';

test('plain Upgrade reaches the origin and joins both streams', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side, chunk) =>
    side.send(chunk.startsWith('GET') ? `${switching}hello` : `<${chunk}>`),
  );
  const client = await lab.dial();
  client.send(`${upgrade}\r\nearly`);
  await lab.settled();
  client.send('late');
  await lab.settled();
  expect(origins[0]?.heard()).toMatch(
    /^GET \/chat HTTP\/1\.1\r\nHost: app\.test\r\nSec-WebSocket-Key: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nVia: 1\.1 proxy\.test\r\n\r\nearlylate$/,
  );
  expect(client.heard()).toMatch(
    /^HTTP\/1\.1 101 Switching Protocols\r\nSec-WebSocket-Accept: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nVia: 1\.1 proxy\.test\r\n\r\nhello<early><late>$/,
  );
  expect(lab.events('proxy.response')).toMatchObject([{ status: 101 }]);
});

test('RST and half-close travel through an upgraded connection', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, (side, chunk) => chunk.startsWith('GET') && side.send(switching));
  const talks: Talk[] = [];
  for (let count = 0; count < 2; count += 1) {
    const client = await lab.dial();
    client.send(`${upgrade}\r\n`);
    await lab.settled();
    talks.push(client);
  }
  talks[0]?.connection.end('bye');
  origins[1]?.connection.reset();
  await lab.settled();
  expect([origins[0]?.heard().endsWith('bye'), origins[0]?.ended(), talks[0]?.ended()]).toEqual([true, true, false]);
  expect(talks[1]?.failure()).toBe('ECONNRESET');
});

test('a destination that does not switch is heard out', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) => side.send('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno'));
  const client = await lab.dial();
  client.send(`${upgrade}\r\n`);
  await lab.settled();
  expect(client.heard()).toBe(
    'HTTP/1.1 403 No\r\nContent-Length: 2\r\nConnection: close\r\nVia: 1.1 proxy.test\r\n\r\nno',
  );
  expect(client.ended()).toBe(true);
});

test('a chunked refusal of Upgrade arrives whole', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) =>
    side.send('HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
  );
  const client = await lab.dial();
  client.send(`${upgrade}\r\n`);
  await lab.settled();
  expect(client.heard()).toMatch(/^HTTP\/1\.1 400 Bad\r\nConnection: close\r\nVia: 1\.1 proxy\.test\r\n\r\nno$/);
  expect(client.ended()).toBe(true);
});

test('a destination that refuses or hangs up on Upgrade gives 502', async () => {
  await using lab = await startProxyLab();
  await lab.origin(81);
  expect(statusLine(await lab.ask(`${upgrade}\r\n`))).toBe('HTTP/1.1 502 Bad Gateway');
  await lab.origin(80, (side) => side.connection.end());
  expect(statusLine(await lab.ask(`${upgrade}\r\n`))).toBe('HTTP/1.1 502 Bad Gateway');
});

test('a client that resets before the answer crashes nothing and frees the destination', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80);
  const client = await lab.dial();
  client.send(`${upgrade}\r\n`);
  await lab.settled();
  client.connection.reset();
  await lab.settled();
  expect(origins[0]?.ended() || origins[0]?.failure()).toBeTruthy();
});

test('a challenged Upgrade keeps its connection', async () => {
  await using lab = await startProxyLab({ rules: [{ when: { nth: 1 }, then: 'challenge' }] });
  await lab.origin(80, (side, chunk) => chunk.startsWith('GET') && side.send(switching));
  const client = await lab.dial();
  client.send(`${upgrade}\r\n`);
  await lab.settled();
  client.send(`${upgrade}\r\n`);
  await lab.settled();
  expect([...client.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['407', '101']);
});

test('Upgrade with a body is refused', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80);
  expect(statusLine(await lab.ask(`${upgrade}Content-Length: 5\r\n\r\nhello`))).toBe('HTTP/1.1 400 Bad Request');
  expect(origins).toEqual([]);
});

test('strip-upgrade passes the request on without Upgrade, and leaves other requests alone', async () => {
  await using lab = await startProxyLab({ behaviour: 'strip-upgrade' });
  const origins = await lab.origin(80, (side, chunk) =>
    side.send(
      /^upgrade:/im.test(chunk)
        ? switching
        : 'HTTP/1.1 426 Upgrade Required\r\nUpgrade: x\r\nContent-Length: 2\r\n\r\nno',
    ),
  );
  const client = await lab.dial();
  client.send(`${upgrade}\r\n`);
  await lab.settled();
  expect(origins[0]?.heard()).toBe(
    'GET /chat HTTP/1.1\r\nHost: app.test\r\nSec-WebSocket-Key: a\r\nConnection: close\r\nVia: 1.1 proxy.test\r\n\r\n',
  );
  expect(client.heard()).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n[\s\S]*Connection: close\r\n[\s\S]*no$/);
  expect([client.heard().match(/^upgrade:/im), client.ended()]).toEqual([null, true]);
  expect(lab.events('lab.behaviour')).toMatchObject([{ kind: 'strip-upgrade' }]);
  await lab.ask('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n');
  expect(lab.events('lab.behaviour')).toHaveLength(1);
});
