import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { fine, startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const accounts = { alice: 's:cret "x"' };
const hashes: Record<string, string> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

interface Said {
  algorithm?: string;
  qop?: string | null;
  nc?: string;
  password?: string;
  user?: string;
  realm?: string;
  uri?: string;
  hashed?: string;
}

/** A client's own arithmetic (RFC 7616 section 3.4), apart from the proxy's. */
function authorization(method: string, target: string, nonce: string, said: Said = {}): string {
  const { algorithm = 'MD5', qop = 'auth', nc = '00000001', user = 'alice', realm = 'proxy', uri = target } = said;
  const h = (text: string): string =>
    createHash(hashes[algorithm.replace('-sess', '')] ?? '')
      .update(text)
      .digest('hex');
  const password = said.password ?? accounts.alice;
  const a1 = h(`${user}:${realm}:${password}`);
  const ha1 = algorithm.endsWith('-sess') ? h(`${a1}:${nonce}:c0ffee`) : a1;
  const ha2 = h(`${method}:${uri}${qop === 'auth-int' ? `:${h(said.hashed ?? '')}` : ''}`);
  const response = h(qop === null ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:${nc}:c0ffee:${qop}:${ha2}`);
  const count = qop === null ? '' : `, qop=${qop}, nc=${nc}, cnonce="c0ffee"`;
  return `Proxy-Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, response="${response}"${count}\r\n`;
}

const url = 'http://app.test/a?b';
const get = (more = ''): string => `GET ${url} HTTP/1.1\r\nHost: app.test\r\n${more}\r\n`;
const connect = (more = ''): string => `CONNECT app.test:443 HTTP/1.1\r\n${more}\r\n`;
const nonceIn = (text: string): string => [...text.matchAll(/nonce="([0-9a-f]+)"/g)].at(-1)?.[1] ?? '';
const codes = (client: Talk): string[] =>
  [...client.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code = '']) => code);

const start = (digest: object = {}): Promise<ProxyLab> =>
  startProxyLab({ behaviour: { kind: 'challenge', schemes: ['digest'], digest }, accounts });

async function send(lab: ProxyLab, client: Talk, text: string): Promise<void> {
  client.send(text);
  await lab.settled();
}

test.each(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'])(
  'Digest with %s lets the right password pass, on the connection of the 407, plain and for CONNECT',
  async (algorithm) => {
    await using lab = await start({ algorithms: [algorithm] });
    await lab.origin(80, fine);
    await lab.origin(443);
    const plain = await lab.dial();
    await send(lab, plain, get());
    expect(plain.heard()).toContain(`Digest realm="proxy", qop="auth", algorithm=${algorithm}, nonce=`);
    await send(lab, plain, get(authorization('GET', url, nonceIn(plain.heard()), { algorithm, password: 'wrong' })));
    await send(lab, plain, get(authorization('GET', url, nonceIn(plain.heard()), { algorithm })));
    expect(codes(plain)).toEqual(['407', '407', '200']);
    const tunnel = await lab.dial();
    await send(lab, tunnel, connect());
    await send(lab, tunnel, connect(authorization('CONNECT', 'app.test:443', nonceIn(tunnel.heard()), { algorithm })));
    expect(codes(tunnel)).toEqual(['407', '200']);
    expect(lab.events('proxy.authenticated')).toMatchObject([
      { scheme: 'digest', user: 'alice', standing: false },
      { scheme: 'digest', user: 'alice', standing: false },
    ]);
  },
);

test.each<[what: string, said: Said]>([
  ['another user', { user: 'bob' }],
  ['another realm', { realm: 'other' }],
  ['another target', { uri: '/else' }],
  ['an algorithm that was not offered', { algorithm: 'SHA-256' }],
  ['a qop that was not offered', { qop: 'auth-int' }],
  ['no qop', { qop: null }],
  ['a count that is none', { nc: '1' }],
])('Digest with %s is refused', async (_what, said) => {
  await using lab = await start();
  await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get());
  await send(lab, client, get(authorization('GET', url, nonceIn(client.heard()), said)));
  expect(codes(client)).toEqual(['407', '407']);
  expect(client.heard()).not.toContain('stale');
});

test('the path alone counts as the target too, as curl hashes it', async () => {
  await using lab = await start();
  await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get());
  await send(lab, client, get(authorization('GET', url, nonceIn(client.heard()), { uri: '/a?b' })));
  expect(codes(client)).toEqual(['407', '200']);
});

test('a count is taken once: the same response again is refused, the next count passes', async () => {
  await using lab = await start();
  const origins = await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get());
  const nonce = nonceIn(client.heard());
  for (const nc of ['00000001', '00000001', '00000002'])
    await send(lab, client, get(authorization('GET', url, nonce, { nc })));
  expect(codes(client)).toEqual(['407', '200', '407', '200']);
  expect(origins[0]?.heard().match(/GET/g)).toHaveLength(2);
});

test('a nonce is stale after its life, and one that never was is stale at once; the fresh one passes', async () => {
  await using lab = await start({ nonceLife: '10s' });
  await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get(authorization('GET', url, 'deadbeef')));
  expect(client.heard()).toContain('stale=true');
  const nonce = nonceIn(client.heard());
  await send(lab, client, get(authorization('GET', url, nonce)));
  await lab.world.clock.sleep(10_000);
  await send(lab, client, get(authorization('GET', url, nonce, { nc: '00000002' })));
  expect(client.heard().match(/stale=true/g)).toHaveLength(2);
  await send(lab, client, get(authorization('GET', url, nonceIn(client.heard()))));
  expect(codes(client)).toEqual(['407', '200', '407', '200']);
});

test('alwaysStale never lets the right password pass, and does not call a wrong one stale', async () => {
  await using lab = await start({ alwaysStale: true });
  const client = await lab.dial();
  await send(lab, client, get());
  for (const password of [accounts.alice, accounts.alice, 'wrong'])
    await send(lab, client, get(authorization('GET', url, nonceIn(client.heard()), { password })));
  expect(codes(client)).toEqual(['407', '407', '407', '407']);
  expect(client.heard().match(/stale=true/g)).toHaveLength(2);
});

test.each([
  ['as it came', 'hello', '200'],
  ['changed on the way', 'hellO', '407'],
])('auth-int covers the body %s, with a length and in chunks', async (_what, hashed, code) => {
  await using lab = await start({ qop: ['auth-int'] });
  const origins = await lab.origin(80, (side) => {
    if (/hello$|\r\n0\r\n\r\n$/.test(side.heard())) fine(side);
  });
  for (const framing of ['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n']) {
    const client = await lab.dial();
    await send(lab, client, get());
    const more = authorization('POST', url, nonceIn(client.heard()), { qop: 'auth-int', hashed });
    const body = framing.startsWith('C') ? 'hello' : '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n';
    await send(lab, client, get(more + framing).replace('GET', 'POST') + body);
    expect(codes(client)).toEqual(['407', code]);
  }
  const sent = origins.map((side) => side.heard()).join('');
  expect(sent.includes('hello') && sent.includes('Content-Length: 5')).toBe(code === '200');
});

test('without qop it takes a response without count, as before RFC 2617', async () => {
  await using lab = await start({ qop: [] });
  await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get());
  expect(client.heard()).not.toContain('qop');
  await send(lab, client, get(authorization('GET', url, nonceIn(client.heard()), { qop: null })));
  expect(codes(client)).toEqual(['407', '200']);
});

test('garbage after the scheme is refused and nothing breaks', async () => {
  await using lab = await start();
  for (const junk of ['', ',,,', 'username', 'username="', 'nc=1, "', `response="${'ü'.repeat(32)}"`])
    expect(statusLine(await lab.ask(get(`Proxy-Authorization: Digest ${junk}\r\n`)))).toContain('407');
});
