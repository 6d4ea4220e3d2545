/** Either side may die at any byte: nothing crashes, nothing hangs, nothing stays open. */
import { expect, test } from 'vitest';

import { proxySpec } from '../../src/proxy/index.ts';
import { startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const requests: Record<string, string> = {
  post: 'POST http://app.test/ HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  tunnel: 'CONNECT app.test:80 HTTP/1.1\r\nHost: app.test\r\n\r\nearly',
  upgrade: 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nearly',
};
const answer = 'HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
const leave: Record<string, (side: Talk) => void> = {
  FIN: ({ connection }) => void connection.end(),
  RST: ({ connection }) => connection.reset(),
  destruction: ({ connection }) => void connection.destroy(),
};

/** Every connection that the proxy accepted or opened is gone, once the origin has closed its ends too. */
async function allGone(lab: ProxyLab, origins: Talk[], of = ''): Promise<void> {
  for (const origin of origins) origin.connection.end();
  await lab.settled();
  expect(
    lab.accepted.every((connection) => connection.destroyed),
    of,
  ).toBe(true);
  expect(
    origins.every((origin) => origin.connection.destroyed),
    of,
  ).toBe(true);
}

for (const [what, request] of Object.entries(requests)) {
  for (const [how, go] of Object.entries(leave)) {
    test(`a client may leave by ${how} at any byte of ${what}`, async () => {
      await using lab = await startProxyLab();
      const origins = await lab.origin(80);
      for (let cut = 0; cut <= request.length; cut += 1) {
        const client = await lab.dial();
        if (cut > 0) client.send(request.slice(0, cut));
        await lab.settled();
        go(client);
        await lab.settled();
        client.connection.destroy();
      }
      await allGone(lab, origins);
    });
  }
}

for (const [how, go] of Object.entries(leave)) {
  test(`an origin may leave by ${how} at any byte of its answer`, async () => {
    await using lab = await startProxyLab();
    let cut = 0;
    const origins = await lab.origin(80, (side) => {
      if (cut > 0) side.send(answer.slice(0, cut));
      if (cut < answer.length) lab.world.clock.after(1, () => go(side));
    });
    const head = answer.indexOf('\r\n\r\n') + 4;
    for (; cut <= answer.length; cut += 1) {
      const client = await lab.dial();
      client.send('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n');
      await lab.world.clock.sleep(10);
      const complete = client.heard().endsWith('0\r\n\r\n');
      if (cut < head) expect(statusLine(client.heard()), `${cut} bytes`).toBe('HTTP/1.1 502 Bad Gateway');
      else
        expect([complete, client.failure()], `${cut} bytes`).toEqual(
          cut < answer.length ? [false, 'ECONNRESET'] : [true, undefined],
        );
      client.connection.destroy();
      await lab.settled();
    }
    await allGone(lab, origins);
  });
}

test('no byte of an origin, in reason or value, crashes the proxy', async () => {
  await using lab = await startProxyLab();
  let byte = 0;
  await lab.origin(80, (side) => {
    const odd = String.fromCodePoint(byte);
    side.send(
      Buffer.from(
        `HTTP/1.1 200 O${odd}K\r\nX-${byte % 2 ? odd : ''}A: a${odd}b\r\nContent-Length: 0\r\n\r\n`,
        'latin1',
      ),
    );
    side.connection.end();
  });
  for (; byte < 256; byte += 1)
    expect(statusLine(await lab.ask('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n'))).toMatch(
      /^HTTP\/1\.1 (200|502) /,
    );
});

test('no byte of a client, in target, name or value, crashes the proxy', async () => {
  await using lab = await startProxyLab();
  await lab.origin(80, (side) => side.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  const shapes: ((odd: string) => string)[] = [
    (odd) => `GET http://app.test/${odd} HTTP/1.1\r\nHost: app.test\r\n\r\n`,
    (odd) => `GET http://app${odd}.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n`,
    (odd) => `GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\nX${odd}: a${odd}b\r\n\r\n`,
    (odd) => `CONNECT app${odd}test:80 HTTP/1.1\r\n\r\n`,
    (odd) => `G${odd}T http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n`,
  ];
  for (let byte = 0; byte < 256; byte += 1) {
    for (const shape of shapes) {
      const client = await lab.dial();
      client.send(Buffer.from(shape(String.fromCodePoint(byte)), 'latin1'));
      await lab.settled();
      client.connection.destroy();
    }
  }
  expect(statusLine(await lab.ask('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n'))).toBe('HTTP/1.1 200 OK');
});

test('every behaviour survives a client that leaves before the answer', async () => {
  const kinds = [
    'allow',
    'deny',
    'challenge',
    'inspect',
    'reset',
    'close',
    'hang',
    'garbage',
    { kind: 'respond', status: 500 },
  ];
  for (const behaviour of kinds) {
    await using lab = await startProxyLab();
    const origins = await lab.origin(80);
    for (const request of Object.values(requests)) {
      for (const go of Object.values(leave)) {
        lab.proxy.change([{ then: proxySpec.parse({ listen: 'a:1', behaviour }).behaviour as never }]);
        const client = await lab.dial();
        client.send(request);
        go(client);
        await lab.settled();
        client.connection.destroy();
      }
    }
    await allGone(lab, origins, JSON.stringify(behaviour));
  }
});
