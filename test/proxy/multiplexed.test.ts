/** HTTP/2 inside the interception: spoken to the client, and HTTP/1.1 to the destination. */
import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { Duplex } from 'node:stream';

import { expect, test } from 'vitest';

import { acceptTls, dialTls } from '../../src/net/tls.ts';
import { host } from '../kit/world.ts';
import { run, secureOrigin as curlOrigin, start, withAuthority, withCurl } from './curl.ts';
import { originIp, startProxyLab, talk } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

type Answer = (side: Talk, chunk: string) => void;

const fine: Answer = (side) =>
  side.send('HTTP/1.1 200 Fine\r\nContent-Length: 4\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nfine');

async function secureOrigin(lab: ProxyLab, answer: Answer): Promise<Talk[]> {
  const talks: Talk[] = [];
  const leaf = await lab.pki.leaf({ names: ['app.test'], authority: 'public-ca' });
  await lab.world.net.listen(host(originIp, 'origin'), 443, (connection) => {
    void acceptTls(connection, { leaf }, lab.tools).then((accepted) => {
      if (!accepted.ok) return;
      const side = talk(accepted.value.stream as never);
      talks.push(side);
      accepted.value.stream.on('data', (chunk: Buffer) => answer(side, chunk.toString('latin1')));
    });
  });
  return talks;
}

/** node:http2 wants a stream without a handle of its own. */
const bare = (stream: Duplex): Duplex => {
  const wrapped = new Duplex({
    read: () => void stream.resume(),
    write: (chunk, _encoding, done) => void stream.write(chunk, done),
    final: (done) => void stream.end(done),
  });
  stream.on('data', (chunk) => void wrapped.push(chunk)).once('end', () => wrapped.push(null));
  stream.once('close', () => wrapped.destroy());
  return wrapped;
};

/** CONNECT, the handshake inside, and which protocol was agreed on. */
async function inside(lab: ProxyLab, alpn: string[]): Promise<{ stream: Duplex; agreed: string | null }> {
  const client = await lab.dial();
  client.send('CONNECT app.test:443 HTTP/1.1\r\n\r\n');
  await lab.settled();
  client.connection.removeAllListeners('data');
  const tls = await dialTls(client.connection, { serverName: 'app.test', trust: ['inspection-ca'], alpn }, lab.tools);
  if (!tls.ok) throw new Error(tls.failure.detail);
  return { stream: tls.value.stream, agreed: tls.value.alpn };
}

async function session(lab: ProxyLab): Promise<ClientHttp2Session> {
  const { stream, agreed } = await inside(lab, ['h2', 'http/1.1']);
  expect(agreed).toBe('h2');
  const opened = connectHttp2('https://app.test', { createConnection: () => bare(stream) });
  opened.on('error', () => undefined);
  return opened;
}

interface Heard {
  headers?: IncomingHttpHeaders;
  informed: number[];
  body: string;
  ended: boolean;
  code?: number;
}

function ask(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Heard {
  const heard: Heard = { body: '', ended: false, informed: [] };
  const stream = client.request(
    { ':authority': 'app.test', ':path': '/', ...headers },
    { endStream: body === undefined },
  );
  stream.on('headers', (interim) => heard.informed.push(Number(interim[':status'])));
  stream.on('response', (answered) => (heard.headers = answered));
  stream.on('data', (chunk: Buffer) => (heard.body += chunk.toString()));
  stream.on('end', () => (heard.ended = true));
  stream.on('error', () => undefined);
  stream.on('close', () => (heard.code = stream.rstCode));
  if (body !== undefined) stream.end(body);
  return heard;
}

const both = { behaviour: { kind: 'inspect', alpn: 'h2' } };

test('HTTP/2 and HTTP/1.1 are both negotiated inside, and HTTP/1.1 alone unless told so', async () => {
  await using lab = await startProxyLab(both);
  await secureOrigin(lab, fine);
  expect((await inside(lab, ['h2', 'http/1.1'])).agreed).toBe('h2');
  const old = await inside(lab, ['http/1.1']);
  expect(old.agreed).toBe('http/1.1');
  const heard: string[] = [];
  old.stream.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  old.stream.write('GET / HTTP/1.1\r\nHost: app.test\r\n\r\n');
  await lab.settled();
  expect(heard.join('')).toMatch(/^HTTP\/1\.1 200 Fine[\s\S]*fine$/);
  await using plain = await startProxyLab({ behaviour: 'inspect' });
  await secureOrigin(plain, fine);
  expect((await inside(plain, ['h2', 'http/1.1'])).agreed).toBe('http/1.1');
});

test('several streams of one client reach the destination as requests of HTTP/1.1, and are answered', async () => {
  await using lab = await startProxyLab(both);
  const origins = await secureOrigin(lab, fine);
  const client = await session(lab);
  const heard = [ask(client, { ':path': '/a//b/../%2f?x', 'x-a': '1' }), ask(client, { ':path': '/two' })];
  await lab.settled();
  expect(heard.map(({ headers, body, ended }) => [headers?.[':status'], body, ended])).toEqual([
    [200, 'fine', true],
    [200, 'fine', true],
  ]);
  expect(heard[0]?.headers?.['set-cookie']).toEqual(['a=1', 'b=2']);
  const asked = origins.map((origin) => origin.heard()).toSorted();
  expect(asked[0]).toBe('GET /a//b/../%2f?x HTTP/1.1\r\nHost: app.test\r\nx-a: 1\r\nConnection: keep-alive\r\n\r\n');
  expect(lab.events('proxy.request').map(({ method, target }) => `${method} ${target}`)).toEqual([
    'CONNECT app.test:443',
    'GET https://app.test/a//b/../%2f?x',
    'GET https://app.test/two',
  ]);
  const again = ask(client, {});
  await lab.settled();
  expect([again.body, origins.length]).toEqual(['fine', 2]);
});

test('bodies pass both ways, chunked where no length was said; HEAD has none', async () => {
  await using lab = await startProxyLab(both);
  const origins = await secureOrigin(lab, (side) => {
    if (/(hello\r\n0\r\n\r\n|world)$/.test(side.heard()) || side.heard().startsWith('HEAD'))
      side.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
    if (/(hello\r\n0\r\n\r\n|world)$/.test(side.heard())) side.send('ok');
  });
  const client = await session(lab);
  const chunked = ask(client, { ':method': 'POST' }, 'hello');
  await lab.settled();
  const counted = ask(client, { ':method': 'POST', 'content-length': 5 }, 'world');
  await lab.settled();
  expect([chunked.body, counted.body, chunked.informed]).toEqual(['ok', 'ok', [103]]);
  expect(origins[0]?.heard()).toMatch(/Transfer-Encoding: chunked\r\n[\s\S]*5\r\nhello\r\n0\r\n\r\nPOST[\s\S]*world$/);
  const head = await session(lab);
  const bodiless = ask(head, { ':method': 'HEAD' });
  await lab.settled();
  expect([bodiless.headers?.['content-length'], bodiless.body, bodiless.ended]).toEqual(['2', '', true]);
});

test.each([
  ['counted', 'Content-Length: 10\r\n\r\nhello'],
  ['chunked', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
])(
  'a destination that breaks off in a %s body ends one stream with an error, and not the others',
  async (_how, part) => {
    await using lab = await startProxyLab(both);
    await secureOrigin(lab, (side, chunk) => {
      if (!chunk.includes('/broken')) return fine(side, chunk);
      side.send(`HTTP/1.1 200 OK\r\n${part}`);
      lab.world.clock.after(1, () => side.connection.end());
    });
    const client = await session(lab);
    const broken = ask(client, { ':path': '/broken' });
    await lab.world.clock.sleep(2);
    await lab.settled();
    expect([broken.headers?.[':status'], broken.body, broken.code]).toEqual([200, 'hello', 2]);
    const whole = ask(client, {});
    await lab.settled();
    expect([whole.body, whole.code]).toEqual(['fine', 0]);
  },
);

test('rules, refusals and a destination without an answer have their status in HTTP/2 too', async () => {
  await using lab = await startProxyLab({
    rules: [{ when: { url: 'https://app.test/secret*' }, then: 'deny' }, { then: { kind: 'inspect', alpn: 'h2' } }],
  });
  await secureOrigin(lab, (side) => side.connection.end());
  const client = await session(lab);
  const denied = ask(client, { ':path': '/secret' });
  const empty = ask(client, {});
  await lab.settled();
  expect([denied.headers?.[':status'], denied.body.slice(0, 3), empty.headers?.[':status']]).toEqual([403, '403', 502]);
  expect(denied.headers?.['proxy-status']).toContain('error=http_request_denied');
});

test('what behaviours do to answers is done to streams too', async () => {
  await using lab = await startProxyLab({
    rules: [
      { when: { url: '*/slow' }, then: { kind: 'throttle', rate: 1 } },
      { when: { url: '*/short' }, then: { kind: 'truncate', after: 2 } },
      { then: { kind: 'inspect', alpn: 'h2' } },
    ],
  });
  await secureOrigin(lab, fine);
  const client = await session(lab);
  const short = ask(client, { ':path': '/short' });
  await lab.settled();
  expect([short.body, short.code]).toEqual(['fi', 2]);
  const slow = ask(client, { ':path': '/slow' });
  await lab.world.clock.sleep(2500);
  expect([slow.headers?.[':status'], slow.body]).toEqual([200, 'fi']);
  await lab.world.clock.sleep(2000);
  expect([slow.body, slow.ended]).toEqual(['fine', true]);
});

test('a client that resets a stream, or leaves, takes its request to the destination with it', async () => {
  await using lab = await startProxyLab(both);
  const origins = await secureOrigin(lab, () => undefined);
  const client = await session(lab);
  const stream = client.request({ ':path': '/' });
  stream.on('error', () => undefined);
  await lab.settled();
  stream.close(8);
  await lab.settled();
  expect(origins.map((origin) => origin.ended())).toEqual([true]);
  ask(client, {});
  await lab.settled();
  client.destroy();
  await lab.settled();
  expect(origins.map((origin) => origin.ended())).toEqual([true, true]);
  expect(lab.accepted.every(({ destroyed }) => destroyed)).toBe(true);
});

withCurl('curl speaks HTTP/2 to an inspector that offers it, and HTTP/1.1 to one that does not', async () => {
  for (const [alpn, version] of [
    ['h2', '2'],
    ['http/1.1', '1.1'],
  ] as const) {
    await using lab = await start({ behaviour: { kind: 'inspect', alpn } });
    await curlOrigin(lab);
    await withAuthority(lab, 'inspection-ca', async (file) => {
      const got = await run(lab, '--cacert', file, '-w', '\n%{http_version}', 'https://app.test/');
      expect(got).toMatchObject({ exit: 0, codes: version, out: 'secured' });
    });
  }
});
