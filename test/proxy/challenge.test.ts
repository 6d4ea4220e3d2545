import { expect, test } from 'vitest';

import { fine, startProxyLab, statusLine } from './lab.ts';

const basic = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  `Proxy-Authorization: Basic ${Buffer.from(text, encoding).toString('base64')}\r\n`;
const get = (more: string): string => `GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n${more}\r\n`;
const connect = (more: string): string => `CONNECT app.test:443 HTTP/1.1\r\n${more}\r\n`;
const accounts = { alice: 's:cret', jürgen: 'grün', constructor: 'x' };

test.each<[what: string, field: string, status: number]>([
  ['the right password', basic('alice:s:cret'), 200],
  ['the scheme in capitals', basic('alice:s:cret').replace('Basic', 'BASIC'), 200],
  ['a name in UTF-8', basic('jürgen:grün'), 200],
  ['a name in Latin-1', basic('jürgen:grün', 'latin1'), 200],
  ['a wrong password', basic('alice:s'), 407],
  ['an unknown user', basic('bob:s:cret'), 407],
  ['a name that every object has', basic('toString:x'), 407],
  ['no colon', basic('alice'), 407],
  ['nothing', basic(''), 407],
  ['no base64', 'Proxy-Authorization: Basic %%%\r\n', 407],
  ['another scheme', basic('alice:s:cret').replace('Basic', 'Bearer'), 407],
  ['a scheme alone', 'Proxy-Authorization: Basic\r\n', 407],
  ['the field of origins', basic('alice:s:cret').replace('Proxy-', ''), 407],
  ['no credentials', '', 407],
])('Basic with %s', async (_what, field, status) => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', schemes: ['ntlm', 'basic'] }, accounts });
  const origins = await lab.origin(80, fine);
  await lab.origin(443);
  for (const request of [get(field), connect(field)])
    expect(statusLine(await lab.ask(request)).slice(9, 12)).toBe(String(status));
  expect(origins).toHaveLength(status === 200 ? 1 : 0);
  expect(lab.events('proxy.challenged')).toHaveLength(status === 200 ? 0 : 2);
});

test('credentials of a scheme that is not offered do not count', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', schemes: ['digest'] }, accounts });
  expect(statusLine(await lab.ask(get(basic('alice:s:cret'))))).toContain('407');
});

test('accounts of the behaviour stand in place of those of the proxy', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', accounts: { bob: 'b' } }, accounts });
  await lab.origin(80, fine);
  expect(statusLine(await lab.ask(get(basic('bob:b'))))).toContain('200');
  expect(statusLine(await lab.ask(get(basic('alice:s:cret'))))).toContain('407');
});

test('credentials reach neither the origin nor the trace', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge' }, accounts });
  const origins = await lab.origin(80, fine);
  await lab.ask(get(basic('alice:s:cret')));
  const secret = Buffer.from('alice:s:cret').toString('base64');
  expect(origins[0]?.heard()).not.toMatch(/authorization/i);
  const trace = JSON.stringify(lab.world.trace.events);
  expect(trace).toContain('Basic ***');
  expect([trace.includes(secret), trace.includes('cret')]).toEqual([false, false]);
});

test('a digest nonce is the same in every run and another in every challenge', async () => {
  const nonces: string[][] = [];
  for (let run = 0; run < 2; run += 1) {
    await using lab = await startProxyLab({ behaviour: { kind: 'challenge', schemes: ['digest'] } });
    const answers = [await lab.ask(get('')), await lab.ask(get(''))];
    nonces.push(answers.map((answer) => /nonce="([0-9a-f]{32})"/.exec(answer)?.[1] ?? ''));
  }
  expect(nonces[0]).toEqual(nonces[1]);
  expect(nonces[0]?.[0]).not.toBe(nonces[0]?.[1]);
  expect(nonces[0]?.[0]).toHaveLength(32);
});

test('a realm with quotes stays one quoted string', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', realm: 'a "b" \\c' } });
  expect(await lab.ask(get(''))).toContain('Proxy-Authenticate: Basic realm="a \\"b\\" \\\\c"\r\n');
});

const schemeLines = (answer: string): string[] =>
  [...answer.matchAll(/^Proxy-Authenticate: (.*)\r$/gm)].map(([, value = '']) => value);

test('without schemes it answers a bare 407, with others a challenge nobody knows', async () => {
  await using bare = await startProxyLab({ behaviour: { kind: 'challenge', schemes: [] }, accounts });
  expect(schemeLines(await bare.ask(get('')))).toEqual([]);
  expect(bare.events('proxy.challenged')).toMatchObject([{ schemes: [], realm: null }]);
  await using odd = await startProxyLab({
    behaviour: { kind: 'challenge', schemes: ['basic'], others: ['Custom a="b"'] },
    accounts,
  });
  expect(schemeLines(await odd.ask(get('')))).toEqual(['Basic realm="proxy"', 'Custom a="b"']);
  expect(odd.events('proxy.challenged')).toMatchObject([{ schemes: ['basic', 'custom'] }]);
});

test('an endless challenge refuses the right password, each time for another realm', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', endless: true }, accounts });
  const answers = [await lab.ask(get('')), await lab.ask(get(basic('alice:s:cret')))];
  expect(answers.map((answer) => schemeLines(answer)[0])).toEqual(['Basic realm="proxy-0"', 'Basic realm="proxy-1"']);
});

test('a large or chunked body of the 407 keeps the connection, when it is drained', async () => {
  for (const chunked of [false, true]) {
    await using lab = await startProxyLab({ behaviour: { kind: 'challenge', bodySize: 1_000_000, chunked }, accounts });
    await lab.origin(443);
    const client = await lab.dial();
    client.send(connect(''));
    await lab.settled();
    expect(client.heard().length).toBeGreaterThan(1_000_000);
    expect(client.heard()).toContain(chunked ? 'Transfer-Encoding: chunked' : 'Content-Length: 1000000');
    client.send(connect(basic('alice:s:cret')));
    await lab.settled();
    expect(client.heard()).toMatch(/HTTP\/1\.1 200 Connection established\r\n\r\n$/);
  }
});

test('who is authenticated may still be refused, by 403', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', users: ['jürgen'] }, accounts });
  await lab.origin(80, fine);
  expect(statusLine(await lab.ask(get(basic('alice:s:cret'))))).toContain('403');
  expect(statusLine(await lab.ask(get(basic('jürgen:grün'))))).toContain('200');
});

test('an address passes for a while after somebody there gave the right password', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', surrogate: '5m' }, accounts });
  await lab.origin(80, fine);
  const codes = [await lab.ask(get('')), await lab.ask(get(basic('alice:s:cret'))), await lab.ask(get(''))];
  await lab.world.clock.sleep(300_000);
  codes.push(await lab.ask(get('')));
  expect(codes.map((answer) => statusLine(answer).slice(9, 12))).toEqual(['407', '200', '200', '407']);
});
