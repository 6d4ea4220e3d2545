/** Both sides of every kind of exchange are cut after each byte: nothing crashes, hangs or stays open. */
import { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';

import { expect, test } from 'vitest';

import { dialTls } from '../../src/net/tls.ts';
import { fine, startProxyLab, statusLine, talk } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const url = 'http://app.test/';
const host = 'Host: app.test\r\n';
const upgradeFields = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const connect = 'CONNECT app.test:80 HTTP/1.1\r\n\r\n';
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
const socks5 = [5, 1, 2, 1, ...name('me'), ...name('secret'), 5, 1, 0, 3, ...name('app.test'), 0, 80];
const socks4 = [4, 1, 0, 80, 0, 0, 0, 1, ...Buffer.from('me\0app.test\0')];
const withPassword = { socks: { auth: 'password' }, accounts: { me: 'secret' } };

/** What a client says, and the number of its bytes after which nothing is missing. */
interface Said {
  bytes: Buffer;
  whole: number;
  spec?: Record<string, unknown>;
}

const said = (head: string, rest = '', spec?: Record<string, unknown>): Said => ({
  bytes: Buffer.from(head + rest, 'latin1'),
  whole: head.length,
  ...(spec && { spec }),
});

/** The first message of a TLS client, which nobody answers. */
const clientHello = (): Promise<string> =>
  new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write(chunk: Buffer) {
        resolve(chunk.toString('latin1'));
        setImmediate(() => wire.destroy());
      },
    });
    tlsConnect({ socket: wire, servername: 'app.test' }).on('error', () => undefined);
  });

const hello = await clientHello();

const exchanges: Record<string, Said> = {
  'a GET': said(`GET ${url} HTTP/1.1\r\n${host}\r\n`),
  'a POST with a length': said(`POST ${url} HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`),
  'a POST in chunks': said(
    `POST ${url} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n`,
  ),
  'a POST in chunks on a slow way': said(
    `POST ${url} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    '',
    { behaviour: { kind: 'throttle', rate: 100_000 } },
  ),
  'a POST that is cut on its way': said(`POST ${url} HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`, '', {
    behaviour: { kind: 'truncate', after: 3, direction: 'up' },
  }),
  'a tunnel': said(connect, 'GET / and more'),
  'a tunnel through the next proxy': said(connect, 'GET /', { upstream: 'PROXY 203.0.113.10:80' }),
  'a tunnel that is idle too long': said(connect, 'GET /', { behaviour: { kind: 'idle-timeout', after: '5m' } }),
  'a slow tunnel': said(connect, 'GET /', { behaviour: { kind: 'throttle', rate: 100_000 } }),
  'an upgrade': said(`GET ${url} HTTP/1.1\r\n${host}${upgradeFields}\r\n`, 'ping'),
  'a 407 and its answer': said(
    `${connect}CONNECT app.test:80 HTTP/1.1\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n`,
    'GET /',
    { behaviour: 'challenge', accounts: { me: 'secret' } },
  ),
  'SOCKS 4a': said(Buffer.from(socks4).toString('latin1'), 'GET /', { socks: true }),
  'SOCKS 5 with a password': said(Buffer.from(socks5).toString('latin1'), 'GET /', withPassword),
  'TLS to the proxy': said(hello, '', { tls: { certificate: 'corp-ca' } }),
  'an intercepted tunnel': said(connect, hello, { behaviour: 'inspect' }),
  ...Object.fromEntries(
    Object.entries({
      'a ClientHello of one segment': { kind: 'inspect', hello: {} },
      'a ClientHello that is too large': { kind: 'inspect', hello: { limit: 100 } },
      'a ClientHello that is too large for any answer': { kind: 'inspect', hello: { limit: 100, then: 'hang' } },
      'a ClientHello that is downgraded': { kind: 'inspect', downgrade: true },
      'a ClientHello before a page': { kind: 'block-page' },
      'a ClientHello of a name': { kind: 'sni-filter' },
    }).map(([what, behaviour]) => [what, said(connect, hello, { behaviour })]),
  ),
};

const endings: Record<string, (side: Talk) => void> = {
  FIN: ({ connection }) => void connection.end(),
  RST: ({ connection }) => connection.reset(),
};

const switching = `HTTP/1.1 101 Switching Protocols\r\n${upgradeFields}\r\n`;

/** An origin for all of them: says something whole to whatever is complete. */
function answer(side: Talk, chunk: string): void {
  const heard = side.heard();
  if (heard.startsWith('CONNECT')) side.send(chunk.startsWith('CONNECT') ? 'HTTP/1.1 200 OK\r\n\r\n' : chunk);
  else if (/upgrade: websocket\r\n[\s\S]*\r\n\r\n$/i.test(heard)) side.send(switching);
  else if (heard.startsWith('POST') ? /(\r\n0\r\n\r\n|\r\n\r\nhello)$/.test(heard) : heard.endsWith('\r\n\r\n'))
    fine(side);
}

const stateOf = ({ ended, failure }: Talk): string => failure() ?? (ended() ? 'FIN' : 'open');

/** All connections that the proxy accepted or opened are gone, no timer runs, and it serves. */
async function nothingLeft(
  lab: ProxyLab,
  clients: readonly Talk[],
  origins: readonly Talk[],
  secure = false,
): Promise<void> {
  for (const { connection } of clients) connection.destroy();
  await lab.settled();
  for (const { connection } of origins) connection.end();
  // What a slow way still carries arrives in time.
  await lab.world.clock.sleep(60_000);
  await lab.settled();
  const open = [...lab.accepted, ...lab.dialled].filter(({ destroyed }) => !destroyed);
  expect({ open: open.map(({ id, remote }) => `${id} ${remote}`), timers: lab.timers() }).toEqual({
    open: [],
    timers: 0,
  });
  lab.proxy.change([]);
  await lab.origin(8080, fine);
  expect(statusLine(await answered(lab, secure))).toMatch(/^HTTP\/1\.1 (200|502) /);
}

/** What a client hears that comes afterwards. */
async function answered(lab: ProxyLab, secure: boolean): Promise<string> {
  const client = await lab.dial();
  let side = client;
  if (secure) {
    client.connection.removeAllListeners('data');
    const tls = await dialTls(client.connection, { serverName: 'proxy.test', trust: ['corp-ca'] }, lab.tools);
    if (!tls.ok) return tls.failure.detail;
    side = talk(tls.value.stream as never);
  }
  side.send(`GET http://app.test:8080/ HTTP/1.1\r\nHost: app.test:8080\r\n\r\n`);
  await lab.world.clock.sleep(1);
  await lab.settled();
  return side.heard();
}

for (const [what, { bytes, whole, spec }] of Object.entries(exchanges)) {
  test.each(Object.entries(endings))(`${what}: the client leaves by %s after every byte`, async (how, leave) => {
    await using lab = await startProxyLab(spec);
    const origins = await lab.origin(80, answer);
    const clients: Talk[] = [];
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const client = await lab.dial();
      if (cut > 0) client.send(bytes.subarray(0, cut));
      clients.push(client);
    }
    await lab.settled();
    clients.forEach(leave);
    await lab.settled();
    await lab.settled();
    // Nobody may be left waiting who has said FIN in the middle of a question.
    const waiting = clients.flatMap((client, cut) => (cut < whole && stateOf(client) === 'open' ? [cut] : []));
    if (how === 'FIN') expect(waiting).toEqual([]);
    await nothingLeft(lab, clients, origins, spec?.['tls'] !== undefined);
  });
}

const get = `GET ${url} HTTP/1.1\r\n${host}\r\n`;
const counted = 'HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello';
const answers: Record<string, { ask: Buffer; say: string; whole?: RegExp; spec?: Record<string, unknown> }> = {
  'a counted answer': { ask: Buffer.from(get), say: counted, whole: /\r\n\r\nhello$/ },
  'a chunked answer': {
    ask: Buffer.from(get),
    say: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
    whole: /\r\n0\r\n\r\n$/,
  },
  'a late answer': {
    ask: Buffer.from(get),
    say: counted,
    spec: { behaviour: { kind: 'latency', delay: '1s' } },
  },
  'an answer behind 103': {
    ask: Buffer.from(get),
    say: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${counted}`,
    whole: /\r\n\r\nhello$/,
  },
  'the other end of a tunnel': { ask: Buffer.from(`${connect}hello`), say: 'some bytes' },
  'the other end of a SOCKS tunnel': { ask: Buffer.from(socks4), say: 'some bytes', spec: { socks: true } },
  'the answer of the next proxy': {
    ask: Buffer.from(connect),
    say: 'HTTP/1.1 200 OK\r\nX: y\r\n\r\nbytes',
    spec: { upstream: 'PROXY 203.0.113.10:80' },
  },
  'the answer to an upgrade': {
    ask: Buffer.from(`GET ${url} HTTP/1.1\r\n${host}${upgradeFields}\r\nping`),
    say: `${switching}bytes`,
  },
  'a refusal of an upgrade': {
    ask: Buffer.from(`GET ${url} HTTP/1.1\r\n${host}${upgradeFields}\r\n`),
    say: 'HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno',
  },
  'the ServerHello of an intercepted origin': {
    ask: Buffer.from(connect),
    say: 'no TLS at all',
    spec: { behaviour: 'inspect' },
  },
};

for (const [what, { ask, say, whole, spec }] of Object.entries(answers)) {
  test.each(Object.entries(endings))(`${what}: the origin leaves by %s after every byte`, async (_how, leave) => {
    await using lab = await startProxyLab(spec);
    const clients: Talk[] = [];
    const origins: Talk[] = [];
    await lab.world.net.listen({ name: 'origin', owner: 'origin', ip: '203.0.113.10' }, 80, (connection) => {
      const cut = clients.length - 1;
      const side = talk(connection);
      origins.push(side);
      const cutOff = (): void => {
        if (cut > 0) side.send(say.slice(0, cut));
        lab.world.clock.after(1, () => leave(side));
      };
      if (ask.includes('hello') || !ask.includes('CONNECT')) connection.once('data', cutOff);
      else cutOff();
    });
    for (let cut = 0; cut <= say.length; cut += 1) {
      const client = await lab.dial();
      clients.push(client);
      client.send(ask);
      await lab.world.clock.sleep(3);
      await lab.settled();
      if (whole) {
        // Half an answer never looks like a whole one, and nobody is left waiting.
        const complete = whole.test(client.heard());
        const refused = client.heard().includes('HTTP/1.1 502 ');
        expect([cut, complete || refused || stateOf(client) === 'ECONNRESET']).toEqual([cut, true]);
        expect([cut, complete]).toEqual([cut, cut === say.length]);
      }
    }
    await nothingLeft(lab, clients, origins);
  });
}
