import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';

import { md4 } from '../../src/md4.ts';
import { provesPassword, readAuthenticate } from '../../src/ntlm-messages.ts';
import { fine, startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
])('MD4 of %o is that of RFC 1320', (text, digest) => {
  expect(md4(Buffer.from(text)).toString('hex')).toBe(digest);
});

test('the proof of NTLMv2 is that of MS-NLMP section 4.2.4', () => {
  const over =
    '01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000';
  const response = Buffer.from(`68cd0ab851e51c96aabc927bebef6a1c${over}`, 'hex');
  const said = { user: 'User', domain: 'Domain', workstation: 'COMPUTER', response };
  const challenge = Buffer.from('0123456789abcdef', 'hex');
  expect(provesPassword(said, 'Password', challenge)).toBe(true);
  expect(provesPassword(said, 'password', challenge)).toBe(false);
  expect(provesPassword(said, 'Password', Buffer.alloc(8))).toBe(false);
  expect(provesPassword({ ...said, response: response.subarray(0, 24) }, 'Password', challenge)).toBe(false);
});

test('a message whose fields point outside of it is no message', () => {
  const message = type3({ challenge: Buffer.alloc(8) });
  expect(readAuthenticate(message)?.user).toBe('alice');
  expect(readAuthenticate(message.subarray(0, message.length - 1))).toBeUndefined();
  expect(readAuthenticate(message.subarray(0, 40))).toBeUndefined();
});

const accounts = { 'CORP\\alice': 's:cret' };
const header = (message: Buffer, scheme = 'NTLM'): string =>
  `Proxy-Authorization: ${scheme} ${message.toString('base64')}\r\n`;
const get = (more = ''): string => `GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n${more}\r\n`;
const connect = (more = ''): string => `CONNECT app.test:443 HTTP/1.1\r\n${more}\r\n`;
const codes = (client: Talk): string[] =>
  [...client.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code = '']) => code);

const type1 = Buffer.concat([Buffer.from('NTLMSSP\0'), Buffer.from('0100000007820800', 'hex'), Buffer.alloc(16)]);

/** The challenge in the last type 2 message that a client heard. */
function challengeIn(client: Talk): Buffer {
  const token = [...client.heard().matchAll(/Proxy-Authenticate: \w+ (TlRM\S+)/g)].at(-1)?.[1] ?? '';
  return Buffer.from(token, 'base64').subarray(24, 32);
}

/** A client's own AUTHENTICATE_MESSAGE, with a client challenge of sevens. */
function type3({
  challenge,
  user = 'alice',
  domain = 'CORP',
  password = 's:cret',
}: {
  challenge: Buffer;
  user?: string;
  domain?: string;
  password?: string;
}): Buffer {
  const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
  const hmac = (key: Buffer, content: Buffer): Buffer => createHmac('md5', key).update(content).digest();
  const over = Buffer.concat([
    Buffer.from('0101000000000000', 'hex'),
    Buffer.alloc(8),
    Buffer.alloc(8, 7),
    Buffer.alloc(8),
  ]);
  const key = hmac(md4(wide(password)), wide(user.toUpperCase() + domain));
  const response = Buffer.concat([hmac(key, Buffer.concat([challenge, over])), over]);
  const head = Buffer.alloc(64);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(3, 8);
  let at = 64;
  const parts = [Buffer.alloc(0), response, wide(domain), wide(user), wide('PC')];
  parts.forEach((part, index) => {
    head.writeUInt16LE(part.length, 12 + index * 8);
    head.writeUInt16LE(part.length, 14 + index * 8);
    head.writeUInt32LE(at, 16 + index * 8);
    at += part.length;
  });
  head.writeUInt32LE(at, 56);
  head.writeUInt32LE(0x00080201, 60);
  return Buffer.concat([head, ...parts]);
}

const start = (more: object = {}): Promise<ProxyLab> =>
  startProxyLab({ behaviour: { kind: 'challenge', schemes: ['ntlm'], realm: 'corp', ...more }, accounts });

async function send(lab: ProxyLab, client: Talk, text: string): Promise<void> {
  client.send(text);
  await lab.settled();
}

test.each([
  ['GET', get],
  ['CONNECT', connect],
])('NTLM takes three legs on one connection of %s', async (_method, request) => {
  await using lab = await start();
  await lab.origin(80, fine);
  await lab.origin(443);
  const client = await lab.dial();
  await send(lab, client, request());
  await send(lab, client, request(header(type1)));
  await send(lab, client, request(header(type3({ challenge: challengeIn(client) }))));
  expect(codes(client)).toEqual(['407', '407', '200']);
  expect(client.heard()).toMatch(/^HTTP.*\r\nProxy-Authenticate: NTLM\r\n/);
  expect(lab.accepted).toHaveLength(1);
  expect(lab.events('proxy.authenticated')).toMatchObject([{ scheme: 'ntlm', user: 'CORP\\alice', standing: false }]);
  const kept = lab
    .events('proxy.request')
    .flatMap(({ headers }) => headers.filter(([name]) => name.startsWith('Proxy')));
  expect(kept.map(([, value]) => value)).toEqual(['NTLM TlRMTVNTUAABAAAA***', 'NTLM TlRMTVNTUAADAAAA***']);
});

test('afterwards the connection belongs to the user; another connection does not', async () => {
  await using lab = await start();
  await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get(header(type1)));
  await send(lab, client, get(header(type3({ challenge: challengeIn(client) }))));
  await send(lab, client, get());
  expect(codes(client)).toEqual(['407', '200', '200']);
  expect(lab.events('proxy.authenticated').map(({ standing }) => standing)).toEqual([false, true]);
  expect(statusLine(await lab.ask(get()))).toContain('407');
});

test('the third message on a new connection is refused', async () => {
  await using lab = await start();
  const first = await lab.dial();
  await send(lab, first, get(header(type1)));
  const second = await lab.dial();
  await send(lab, second, get(header(type3({ challenge: challengeIn(first) }))));
  expect(codes(second)).toEqual(['407']);
  expect(lab.events('proxy.authenticated')).toEqual([]);
});

test.each<[what: string, said: { user?: string; domain?: string; password?: string }, code: string]>([
  ['a wrong password', { password: 'wrong' }, '407'],
  ['another user', { user: 'bob' }, '407'],
  ['another domain', { domain: 'OTHER' }, '407'],
  ['the user in capitals', { user: 'ALICE' }, '200'],
])('NTLM with %s', async (_what, said, code) => {
  await using lab = await start();
  await lab.origin(80, fine);
  const client = await lab.dial();
  await send(lab, client, get(header(type1)));
  await send(lab, client, get(header(type3({ challenge: challengeIn(client), ...said }))));
  expect(codes(client)).toEqual(['407', code]);
});

test('a response is good once: the second time its challenge is gone', async () => {
  await using lab = await start({ accounts: { alice: 'other' } });
  const client = await lab.dial();
  await send(lab, client, get(header(type1)));
  const challenge = challengeIn(client);
  await send(lab, client, get(header(type3({ challenge }))));
  await send(lab, client, get(header(type3({ challenge, password: 'other' }))));
  expect(codes(client)).toEqual(['407', '407', '407']);
});

test('closing each leg, or two backends behind a balancer, keeps NTLM from ever passing', async () => {
  await using closing = await start({ close: true });
  const cut = await closing.dial();
  await send(closing, cut, get(header(type1)));
  expect([codes(cut), cut.ended(), cut.heard().includes('Connection: close')]).toEqual([['407'], true, true]);
  await using split = await start({ backends: 2 });
  const client = await split.dial();
  await send(split, client, get(header(type1)));
  await send(split, client, get(header(type3({ challenge: challengeIn(client) }))));
  expect(codes(client)).toEqual(['407', '407']);
});

test('NTLM under the name of Negotiate is checked; a ticket passes by its shape only when told to', async () => {
  const ticket = Buffer.concat([Buffer.from('602806062b0601050502', 'hex'), Buffer.alloc(32)]);
  for (const negotiate of ['refuse', 'shape']) {
    await using lab = await start({ schemes: ['negotiate'], negotiate });
    await lab.origin(80, fine);
    const client = await lab.dial();
    await send(lab, client, get(header(type1, 'Negotiate')));
    await send(lab, client, get(header(type3({ challenge: challengeIn(client) }), 'Negotiate')));
    expect(codes(client)).toEqual(['407', '200']);
    const kerberos = await lab.ask(get(header(ticket, 'Negotiate')));
    expect(statusLine(kerberos).slice(9, 12)).toBe(negotiate === 'shape' ? '200' : '407');
    expect(statusLine(await lab.ask(get(header(ticket.subarray(1), 'Negotiate'))))).toContain('407');
  }
});
