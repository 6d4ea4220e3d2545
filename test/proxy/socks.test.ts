import { expect, test } from 'vitest';

import { run, secureOrigin, start, withCurl } from './curl.ts';
import { fine, originIp, startProxyLab } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
const ip = originIp.split('.').map(Number);

const v4 = (port: number, address: number[], user = '', host?: string): Buffer =>
  Buffer.from([
    4,
    1,
    port >> 8,
    port & 255,
    ...address,
    ...Buffer.from(`${user}\0${host === undefined ? '' : `${host}\0`}`),
  ]);
const v5 = (port: number, type: number, address: number[], command = 1): Buffer =>
  Buffer.from([5, command, 0, type, ...address, port >> 8, port & 255]);
const greeting = (...methods: number[]): Buffer => Buffer.from([5, methods.length, ...methods]);

async function say(lab: ProxyLab, ...bytes: Buffer[]): Promise<Talk> {
  const client = await lab.dial();
  for (const part of bytes) {
    client.send(part);
    await lab.settled();
  }
  return client;
}

const granted4 = '005a000000000000';
const granted5 = '05000001000000000000';

test.each<[what: string, bytes: Buffer[], heard: string]>([
  ['SOCKS 4 by address', [v4(443, ip, 'me')], granted4],
  ['SOCKS 4a by name', [v4(443, [0, 0, 0, 1], 'me', 'App.test')], granted4],
  ['SOCKS 5 by address', [greeting(0), v5(443, 1, ip)], `0500${granted5}`],
  ['SOCKS 5 by name', [greeting(2, 0), v5(443, 3, name('app.test'))], `0500${granted5}`],
  ['SOCKS 5 in one segment', [Buffer.concat([greeting(0), v5(443, 3, name('app.test'))])], `0500${granted5}`],
])('%s opens a tunnel', async (_what, bytes, heard) => {
  await using lab = await startProxyLab({ socks: true });
  const origins = await lab.origin(443);
  const client = await say(lab, ...bytes);
  expect(hex(client.heard())).toBe(heard);
  client.send('up');
  await lab.settled();
  origins[0]?.send('down');
  await lab.settled();
  expect([origins[0]?.heard(), hex(client.heard())]).toEqual(['up', heard + hex('down')]);
  expect(lab.events('proxy.tunnel')).toMatchObject([{ port: 443 }]);
});

test('SOCKS 5 takes an IPv6 address', async () => {
  await using lab = await startProxyLab({ socks: true });
  await lab.world.net.listen({ name: 'six', owner: 'six', ip: '2001:db8::8' }, 443, () => undefined);
  const bytes = [0x20, 0x01, 0x0d, 0xb8, ...Array<number>(11).fill(0), 8];
  const client = await say(lab, greeting(0), v5(443, 4, bytes));
  expect(hex(client.heard())).toBe(`0500${granted5}`);
  expect(lab.events('proxy.tunnel')).toMatchObject([{ host: '2001:db8::8', port: 443 }]);
});

test('bytes that come with the request reach the destination, byte by byte or all at once', async () => {
  await using lab = await startProxyLab({ socks: true });
  const origins = await lab.origin(443);
  const all = Buffer.concat([greeting(0), v5(443, 3, name('app.test')), Buffer.from('early')]);
  await say(lab, all);
  await say(lab, ...[...all].map((byte) => Buffer.of(byte)));
  expect(origins.map(({ heard }) => heard())).toEqual(['early', 'early']);
});

test.each<[what: string, spec: object, bytes: Buffer[], heard: string]>([
  ['a refusal of the policy', { behaviour: 'deny' }, [greeting(0), v5(443, 1, ip)], '05000502'],
  ['a port nobody listens on', {}, [greeting(0), v5(444, 1, ip)], '05000505'],
  ['a name nobody knows', {}, [greeting(0), v5(443, 3, name('gone.test'))], '05000504'],
  ['BIND', {}, [greeting(0), v5(443, 1, ip, 2)], '05000507'],
  ['UDP ASSOCIATE', {}, [greeting(0), v5(443, 1, ip, 3)], '05000507'],
  ['an unknown kind of address', {}, [greeting(0), v5(443, 9, ip)], '05000508'],
  ['no method in common', {}, [greeting(1, 3)], '05ff'],
  ['SOCKS 4 refused', { behaviour: 'deny' }, [v4(443, ip)], '005b'],
  ['a prohibited address', { prohibited: ['203.0.113.0/24'] }, [greeting(0), v5(443, 1, ip)], '05000502'],
])('%s is said in the reply code, and the connection ends', async (_what, spec, bytes, heard) => {
  await using lab = await startProxyLab({ socks: true, ...spec });
  await lab.origin(443);
  const client = await say(lab, ...bytes);
  expect(hex(client.heard()).slice(0, heard.length)).toBe(heard);
  expect(client.ended()).toBe(true);
});

test('a password is asked for and checked when told so', async () => {
  const password = (user: string, secret: string): Buffer => Buffer.from([1, ...name(user), ...name(secret)]);
  await using lab = await startProxyLab({ socks: { auth: 'password' }, accounts: { me: 'secret' } });
  await lab.origin(443);
  const right = await say(lab, greeting(0, 2), password('me', 'secret'), v5(443, 1, ip));
  const wrong = await say(lab, greeting(0, 2), password('me', 'other'));
  const none = await say(lab, greeting(0));
  expect([right, wrong, none].map(({ heard }) => hex(heard()))).toEqual([`05020100${granted5}`, '05020101', '05ff']);
  expect([right, wrong, none].map(({ ended }) => ended())).toEqual([false, true, true]);
});

test('where a password is asked for, SOCKS 4 is no way around it', async () => {
  await using lab = await startProxyLab({ socks: { auth: 'password' }, accounts: { me: 'pw' } });
  const origins = await lab.origin(443);
  const client = await say(lab, v4(443, ip, 'me'));
  expect([hex(client.heard()), client.ended()]).toEqual(['005d000000000000', true]);
  expect(origins).toEqual([]);
});

test('a version that changes in the middle of SOCKS 5 is refused', async () => {
  await using lab = await startProxyLab({ socks: true });
  const origins = await lab.origin(443);
  const request = v5(443, 1, ip);
  request[0] = 4;
  expect(hex((await say(lab, greeting(0), request)).heard())).toBe('050005010001000000000000');
  await using asking = await startProxyLab({ socks: { auth: 'password' }, accounts: { me: 'pw' } });
  const login = Buffer.from([9, 2, ...Buffer.from('me'), 2, ...Buffer.from('pw')]);
  expect(hex((await say(asking, greeting(2), login)).heard())).toBe('05020101');
  expect(origins).toEqual([]);
});

test('HTTP is served on the same port, and SOCKS is no HTTP where it is not spoken', async () => {
  await using both = await startProxyLab({ socks: true });
  await both.origin(80, fine);
  expect(await both.ask('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n')).toContain('200 Fine');
  await using plain = await startProxyLab();
  expect((await say(plain, greeting(0))).heard()).toContain('400 Bad Request');
});

test('behaviours apply: a rule by host, a shape, a hang', async () => {
  await using lab = await startProxyLab({
    socks: true,
    rules: [
      { when: { host: 'other.test' }, then: 'hang' },
      { when: { method: 'SOCKS5' }, then: { kind: 'truncate', after: 2 } },
    ],
  });
  const origins = await lab.origin(443);
  const client = await say(lab, greeting(0), v5(443, 3, name('app.test')));
  origins[0]?.send('abcd');
  await lab.settled();
  expect([hex(client.heard()), client.ended()]).toEqual([`0500${granted5}${hex('ab')}`, true]);
  const hanging = await say(lab, greeting(0), v5(443, 3, name('other.test')));
  await lab.world.clock.sleep(600_000);
  expect([hex(hanging.heard()), hanging.ended()]).toEqual(['0500', false]);
});

test('a client that leaves in the middle of its greeting leaves nothing behind', async () => {
  await using lab = await startProxyLab({ socks: true });
  for (const bytes of [Buffer.of(), Buffer.of(5), Buffer.of(5, 3, 0), Buffer.of(4, 1, 0)]) {
    const client = await lab.dial();
    if (bytes.length > 0) client.send(bytes);
    client.connection.end();
    await lab.settled();
    expect(client.ended()).toBe(true);
  }
  expect(lab.accepted.every(({ destroyed }) => destroyed)).toBe(true);
});

withCurl('curl speaks every version of SOCKS to it', async () => {
  await using lab = await start({ socks: true });
  await secureOrigin(lab);
  await lab.origin(80, fine);
  for (const scheme of ['socks4', 'socks4a', 'socks5', 'socks5h']) {
    const { host, port } = lab.proxy.real;
    const target = ['socks4', 'socks5'].includes(scheme) ? `http://${originIp}/` : 'http://app.test/';
    const got = await run(lab, '-x', `${scheme}://${host}:${port}`, target);
    expect(got, scheme).toMatchObject({ exit: 0, out: 'fine' });
  }
  expect(lab.events('proxy.request').map(({ method }) => method)).toEqual(['SOCKS4', 'SOCKS4', 'SOCKS5', 'SOCKS5']);
});

withCurl('curl gives its password by SOCKS, and fails with a wrong one', async () => {
  await using lab = await start({ socks: { auth: 'password' }, accounts: { me: 'secret' } });
  await lab.origin(80, fine);
  const { host, port } = lab.proxy.real;
  const by = (secret: string): string => `socks5h://me:${secret}@${host}:${port}`;
  expect(await run(lab, '-x', by('secret'), 'http://app.test/')).toMatchObject({ exit: 0, out: 'fine' });
  expect(await run(lab, '-x', by('wrong'), 'http://app.test/')).toMatchObject({ exit: 97 });
});
