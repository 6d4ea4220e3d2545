/** Clients and origins that mean harm, or know no better: what of it a proxy says again, and that it survives. */
import { expect, test } from 'vitest';

import { fine, startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab } from './lab.ts';

const get = 'GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n';
const statuses = (answer: string): string[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');

/** An origin that says the same to each first request of a connection, with whatever comes behind it. */
const saying = (lab: ProxyLab, answer: string) =>
  lab.origin(80, (side, chunk) => {
    if (side.heard() === chunk) side.send(Buffer.from(answer, 'latin1'));
  });

for (const status of ['000', '042', '099']) {
  test(`an origin that answers ${status} gives 502, plain and to an Upgrade, and crashes nothing`, async () => {
    await using lab = await startProxyLab();
    await saying(lab, `HTTP/1.1 ${status} x\r\nContent-Length: 0\r\n\r\n`);
    for (const fields of ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\n']) {
      const answer = await lab.ask(`${get}${fields}\r\n`);
      expect(statuses(answer)).toEqual(['502']);
      expect(answer).toContain('error=http_protocol_error');
    }
    expect(lab.events('proxy.upstream-failed')).toMatchObject([
      { failure: 'http.malformed' },
      { failure: 'http.malformed' },
    ]);
  });
}

test('an answer of HTTP/2 to a request of HTTP/1.1 gives 502', async () => {
  await using lab = await startProxyLab();
  await saying(lab, 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect(statuses(await lab.ask(`${get}\r\n`))).toEqual(['502']);
});

test('a body in a transfer coding that would be lost on the way gives 502; chunked alone passes', async () => {
  for (const [coding, status] of [
    ['gzip, chunked', '502'],
    ['x', '502'],
    ['chunked', '200'],
  ]) {
    await using lab = await startProxyLab();
    await saying(lab, `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n2\r\nok\r\n0\r\n\r\n`);
    expect(statuses(await lab.ask(`${get}\r\n`))).toEqual([status]);
  }
});

test('what an origin sends behind a whole answer is not passed on and costs the answer nothing', async () => {
  const answers: [request: string, answer: string, passed: string][] = [
    ['GET', 'HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\nbody', '204'],
    ['GET', 'HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '204'],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody', '200'],
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodyGARBAGE', '200'],
  ];
  for (const [method, answer, passed] of answers) {
    await using lab = await startProxyLab();
    const origins = await saying(lab, answer);
    const client = await lab.dial();
    for (let count = 1; count <= 2; count += 1) {
      client.send(`${get.replace('GET', method)}\r\n`);
      await lab.settled();
      expect(statuses(client.heard())).toEqual(Array(count).fill(passed));
    }
    expect(client.heard()).not.toContain('GARBAGE');
    expect(origins).toHaveLength(2);
  }
});

test('an answer to Upgrade that breaks off shows as RST, and no second answer is written into it', async () => {
  for (const rest of ['zz\r\n', '']) {
    await using lab = await startProxyLab();
    await lab.origin(80, (side) => {
      side.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n${rest}`);
      if (rest === '') side.connection.end();
    });
    const client = await lab.dial();
    client.send(`${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await lab.settled();
    expect([statuses(client.heard()), client.ended(), client.failure()]).toEqual([['200'], false, 'ECONNRESET']);
  }
});

test('Upgrade to h2c, and any of HTTP/1.0, is not passed on', async () => {
  const asked = [
    `${get}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    `${get.replace('1.1', '1.0')}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ];
  for (const request of asked) {
    await using lab = await startProxyLab();
    const origins = await lab.origin(80, fine);
    expect(statusLine(await lab.ask(request))).toBe('HTTP/1.1 200 Fine');
    expect(origins[0]?.heard()).not.toMatch(/upgrade|h2c|http2/i);
  }
});

test('CONNECT with a body gets 400; with a length of nothing, as WinINET writes it, a tunnel', async () => {
  const bodies: [fields: string, status: string][] = [
    ['Content-Length: 5\r\n\r\nhello', '400'],
    ['Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400'],
    ['Content-Length: 0\r\n\r\n', '200'],
  ];
  for (const [fields, status] of bodies) {
    await using lab = await startProxyLab();
    const origins = await lab.origin(80);
    const answer = await lab.ask(`CONNECT app.test:80 HTTP/1.1\r\nHost: app.test:80\r\n${fields}`);
    expect(statuses(answer)).toEqual([status]);
    expect(origins).toHaveLength(status === '200' ? 1 : 0);
  }
});

test('a next proxy that refuses CONNECT with 304 leaves the connection in step', async () => {
  await using lab = await startProxyLab({ upstream: 'PROXY app.test:80' });
  await saying(lab, 'HTTP/1.1 304 Not Modified\r\n\r\n');
  const client = await lab.dial();
  client.send('CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n');
  await lab.settled();
  expect(client.heard()).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n[\s\S]*\r\n\r\n$/);
});

test('an interim answer of a next proxy to CONNECT is not passed on as if it were final', async () => {
  await using lab = await startProxyLab({ upstream: 'PROXY app.test:80' });
  await saying(lab, 'HTTP/1.1 102 Processing\r\n\r\n');
  const answer = await lab.ask('CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n');
  expect(statusLine(answer)).toBe('HTTP/1.1 502 Bad Gateway');
});

test('requests of RTSP get 400', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  for (const method of ['DESCRIBE', 'SET_PARAMETER']) {
    const answer = await lab.ask(`${method} http://app.test/ RTSP/1.0\r\nHost: app.test\r\n\r\n`);
    expect(statuses(answer)).toEqual(['400']);
  }
  expect(origins).toEqual([]);
});

test('TRACE and OPTIONS go on as often as Max-Forwards says, and the last hop answers without secrets', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(80, fine);
  const ask = (method: string, left: string): Promise<string> =>
    lab.ask(
      `${method} http://app.test/ HTTP/1.1\r\nHost: app.test\r\nMax-Forwards: ${left}\r\nCookie: a=b\r\nX-A: b\r\n\r\n`,
    );
  expect(await ask('TRACE', '3')).toContain('200 Fine');
  expect(origins[0]?.heard()).toContain('\r\nMax-Forwards: 2\r\n');
  const last = await ask('TRACE', '0');
  expect(last).toContain('Content-Type: message/http');
  expect(last).toMatch(
    /\r\n\r\nTRACE http:\/\/app\.test\/ HTTP\/1\.1\r\nHost: app\.test\r\nMax-Forwards: 0\r\nX-A: b\r\n\r\n$/,
  );
  expect(statuses(await ask('OPTIONS', '0'))).toEqual(['200']);
  expect(origins.map((origin) => origin.heard()).join('')).not.toContain('Max-Forwards: 0');
  await ask('GET', '0');
  expect(origins.map((origin) => origin.heard()).join('')).toContain(
    'GET / HTTP/1.1\r\nHost: app.test\r\nMax-Forwards: 0',
  );
});
