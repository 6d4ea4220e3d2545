import { expect, test } from 'vitest';

import { wallClock } from '../../src/clock.ts';
import { startProxyLab, statusLine } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const connect = (target: string, more = ''): string => `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${more}\r\n`;
const established = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** A tunnel to port 443, its client and its origin. */
async function tunnel(lab: ProxyLab, answer?: (side: Talk) => void): Promise<{ client: Talk; origin: Talk }> {
  const origins = await lab.origin(443, answer);
  const client = await lab.dial();
  client.send(connect('app.test:443'));
  await lab.settled();
  expect(client.heard()).toBe(established);
  return { client, origin: origins[0] as Talk };
}

test('carries bytes both ways', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  client.send('ping');
  origin.send('pong');
  await lab.settled();
  expect([origin.heard(), client.heard()]).toEqual(['ping', `${established}pong`]);
});

test('writes request, answer and tunnel in order, and joins both connections', async () => {
  await using lab = await startProxyLab();
  await tunnel(lab);
  expect(lab.world.trace.events.map(({ type, by }) => `${type} ${by}`)).toEqual([
    'tcp.opened net',
    'proxy.request proxy:edge',
    'tcp.opened net',
    'proxy.response proxy:edge',
    'proxy.tunnel proxy:edge',
  ]);
  expect(lab.events('proxy.request')).toEqual([
    {
      proxy: 'edge',
      conn: 1,
      client: '10.20.0.10',
      method: 'CONNECT',
      target: 'app.test:443',
      host: 'app.test',
      port: 443,
      headers: [['Host', 'app.test:443']],
    },
  ]);
  expect(lab.events('proxy.tunnel')).toEqual([
    { proxy: 'edge', conn: 1, upstream: 2, target: 'app.test:443', host: 'app.test', port: 443 },
  ]);
});

test('bytes that come with CONNECT arrive', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(`${connect('app.test:443')}early`);
  await lab.settled();
  client.send(' late');
  await lab.settled();
  expect(origins[0]?.heard()).toBe('early late');
});

test('after the FIN of the client the answer still comes back', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  client.connection.end('question');
  await lab.settled();
  expect([origin.heard(), origin.ended(), client.ended()]).toEqual(['question', true, false]);
  origin.connection.end('answer');
  await lab.settled();
  expect([client.heard(), client.ended()]).toEqual([`${established}answer`, true]);
});

test('after the FIN of the origin the client can still send', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  origin.connection.end('bye');
  await lab.settled();
  expect([client.heard(), client.ended(), origin.ended()]).toEqual([`${established}bye`, true, false]);
  client.connection.end('last words');
  await lab.settled();
  expect([origin.heard(), origin.ended()]).toEqual(['last words', true]);
});

test('a client that sends CONNECT, bytes and FIN at once gets its answer', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.connection.end(`${connect('app.test:443')}all`);
  await lab.settled();
  origins[0]?.connection.end('answer');
  await lab.settled();
  expect([origins[0]?.heard(), client.heard()]).toEqual(['all', `${established}answer`]);
});

test('RST of the client reaches the origin as RST, and its FIN as FIN', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  client.connection.reset();
  await lab.settled();
  expect([origin.failure(), origin.ended()]).toEqual(['ECONNRESET', false]);
});

test('RST of the origin reaches the client as RST', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  origin.connection.reset();
  await lab.settled();
  expect([client.failure(), client.ended()]).toEqual(['ECONNRESET', false]);
});

test('FIN from both sides leaves nothing open and writes no RST', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  client.connection.end();
  origin.connection.end();
  await lab.settled();
  expect([client.connection.destroyed, origin.connection.destroyed]).toEqual([true, true]);
  expect([client.failure(), origin.failure()]).toEqual([undefined, undefined]);
  expect(lab.events('tcp.rst')).toEqual([]);
  expect(lab.events('tcp.fin')).toHaveLength(4);
});

test.each<[string, string, number, string]>([
  ['a refused destination', 'app.test:444', 502, 'connection_refused'],
  ['a name that does not exist', 'gone.test:443', 502, 'dns_error; rcode="NXDOMAIN"'],
  ['a name without address', 'empty.test:443', 502, 'dns_error; rcode="NOERROR"'],
  ['a resolver that is silent', 'slow.test:443', 504, 'dns_timeout'],
  ['a destination that is silent', 'dark.test:443', 504, 'connection_timeout'],
  ['a prohibited destination', 'app.test:445', 502, 'destination_ip_unroutable'],
  ['a port that is not allowed', 'app.test:8443', 403, 'http_request_denied'],
])('%s has its own status and reason, before any 200', async (_what, target, status, error) => {
  await using lab = await startProxyLab(
    { ports: [443, 444, 445] },
    { firewall: { rules: [{ when: { to: '*:445' }, then: 'icmp' }] } },
  );
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(connect(target));
  await lab.world.clock.sleep(120_000);
  expect(statusLine(client.heard())).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(client.heard()).toContain(`Proxy-Status: proxy.test; error=${error}`);
  expect(lab.events('proxy.response')).toMatchObject([{ status }]);
  expect(lab.events('proxy.upstream-failed')).toHaveLength(status === 403 ? 0 : 1);
  expect([origins.length, client.ended()]).toEqual([0, false]);
});

test('waits for a silent destination as Linux does, one minute', async () => {
  await using lab = await startProxyLab();
  const client = await lab.dial();
  client.send(connect('dark.test:443'));
  await lab.world.clock.sleep(120_000);
  const story = lab.world.trace.events.flatMap(({ at, type }) =>
    type === 'tcp.syn' || type === 'tcp.timeout' || type === 'proxy.response' ? [[at, type]] : [],
  );
  expect(story).toEqual([
    ...[0, 1000, 3000, 7000, 15_000, 31_000].map((at) => [at, 'tcp.syn']),
    [60_000, 'tcp.timeout'],
    [60_000, 'proxy.response'],
  ]);
});

test('a destination that stays silent holds up nobody else', async () => {
  await using lab = await startProxyLab();
  await lab.origin(443);
  const waiting = [await lab.dial(), await lab.dial(), await lab.dial(), await lab.dial(), await lab.dial()];
  for (const client of waiting) client.send(connect('dark.test:443'));
  await lab.settled();
  expect(await lab.ask(connect('app.test:443'))).toBe(established);
  expect([lab.world.clock.now(), waiting.map(({ heard }) => heard())]).toEqual([0, ['', '', '', '', '']]);
});

test('a port nobody listens on at any address of a name is one failure, the last', async () => {
  await using lab = await startProxyLab();
  await lab.origin(443);
  const client = await lab.dial();
  client.send(connect('two.test:444'));
  await lab.world.clock.sleep(61_000);
  expect(client.heard()).toMatch(/^HTTP\/1\.1 502 .*\r\nProxy-Status: proxy\.test; error=connection_refused/);
  expect(lab.events('proxy.upstream-failed')).toMatchObject([{ failure: 'tcp.refused' }]);
});

test('tries the next address of a name when one is silent', async () => {
  await using lab = await startProxyLab();
  await lab.origin(443);
  const client = await lab.dial();
  client.send(connect('two.test:443'));
  await lab.world.clock.sleep(61_000);
  expect(client.heard()).toBe(established);
});

const malformed = ['app.test', 'app.test:', 'app.test:0', 'app.test:99999', 'app.test:x', 'me@app.test:443', ':443'];
malformed.push(
  '/',
  '*',
  'http://app.test:443/',
  '[::1',
  '[:::1]:443',
  '::1:443',
  'app.test:443/x',
  'a:b:443',
  '[10.0.0.1]:443',
);
for (const target of malformed) {
  test(`CONNECT ${target} gives 400 and no crash`, async () => {
    await using lab = await startProxyLab();
    const answer = await lab.ask(`CONNECT ${target} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
    expect(statusLine(answer)).toBe('HTTP/1.1 400 Bad Request');
    expect(lab.events('proxy.response')).toMatchObject([{ status: 400 }]);
  });
}

test('CONNECT without any target gives 400', async () => {
  await using lab = await startProxyLab();
  expect(statusLine(await lab.ask('CONNECT  HTTP/1.1\r\nHost: app.test\r\n\r\n'))).toBe('HTTP/1.1 400 Bad Request');
});

test('CONNECT takes an IPv6 literal in any spelling', async () => {
  await using lab = await startProxyLab();
  await lab.world.net.listen({ name: 'six', owner: 'six', ip: '2001:db8::8' }, 443, () => undefined);
  const spellings = ['2001:db8::8', '2001:DB8:0::8', '2001:0db8:0000:0000:0000:0000:0000:0008'];
  for (const spelling of spellings) expect(await lab.ask(connect(`[${spelling}]:443`))).toBe(established);
  const place = { host: '2001:db8::8', port: 443 };
  expect(lab.events('proxy.tunnel')).toMatchObject([place, place, place]);
});

test.each<[what: string, host: string, status: number]>([
  ['the same host without port, as .NET writes it', 'Host: app.test\r\n', 200],
  ['no Host', '', 200],
  ['another host', 'Host: other.test:443\r\n', 400],
  ['two', 'Host: app.test:443\r\nHost: app.test:443\r\n', 400],
])('Host of CONNECT: %s', async (_what, host, status) => {
  await using lab = await startProxyLab();
  await lab.origin(443);
  const answer = await lab.ask(`CONNECT app.test:443 HTTP/1.1\r\n${host}\r\n`);
  expect(statusLine(answer).slice(9, 12)).toBe(String(status));
});

test('a reader that stops bounds what the origin can send, and loses nothing', async () => {
  await using lab = await startProxyLab();
  const { client, origin } = await tunnel(lab);
  client.connection.pause();
  await lab.settled();
  const chunk = Buffer.alloc(256 * 1024, 'x');
  let taken = 0;
  for (let count = 0; count < 240; count += 1) origin.connection.write(chunk, () => (taken += chunk.length));
  await lab.settled();
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(30_000_000);
  client.connection.resume();
  await lab.settled();
  expect(client.heard().length - established.length).toBe(240 * chunk.length);
});

test('20 legs of 407 run on one connection, without listeners piling up', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', schemes: ['ntlm'] } });
  let accepted: Talk['connection'] | undefined;
  const counts: number[] = [];
  const client = await lab.dial();
  for (let leg = 1; leg <= 20; leg += 1) {
    client.send(connect('app.test:443', 'Proxy-Authorization: NTLM TlRMTVNTUAAB\r\n'));
    await lab.settled();
    accepted ??= lab.accepted[0];
    counts.push(accepted?.eventNames().reduce((sum, name) => sum + (accepted?.listenerCount(name) ?? 0), 0) ?? 0);
  }
  expect(client.heard().match(/HTTP\/1\.1 407/g)).toHaveLength(20);
  expect(counts[0]).toBeGreaterThan(0);
  expect(new Set(counts.slice(1)).size).toBe(1);
  expect(new Set(lab.events('proxy.challenged').map(({ conn }) => conn))).toEqual(new Set([1]));
  lab.proxy.change([]);
  await lab.origin(443);
  client.send(connect('app.test:443'));
  await lab.settled();
  expect(client.heard().endsWith(established)).toBe(true);
});

test('a 407 can close the connection instead', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'challenge', close: true } });
  const client = await lab.dial();
  client.send(connect('app.test:443'));
  await lab.settled();
  expect(client.heard()).toContain('\r\nConnection: close\r\n');
  expect(client.ended()).toBe(true);
});

test('two pipelined CONNECTs that are refused get two answers', async () => {
  await using lab = await startProxyLab({ behaviour: 'deny' });
  const answer = await lab.ask(connect('app.test:443') + connect('other.test:443'));
  expect(answer.match(/HTTP\/1\.1 403/g)).toHaveLength(2);
});

test.each([
  ['HTTP/1.0 closes', '1.0', '', true],
  ['HTTP/1.0 with keep-alive does not', '1.0', 'Proxy-Connection: Keep-Alive\r\n', false],
  ['HTTP/1.1 does not', '1.1', '', false],
  ['HTTP/1.1 with close does', '1.1', 'Connection: close\r\n', true],
])('a refused CONNECT of %s', async (_what, version, more, closes) => {
  await using lab = await startProxyLab({ behaviour: 'deny' });
  const client = await lab.dial();
  client.send(`CONNECT app.test:443 HTTP/${version}\r\n${more}\r\n`);
  await lab.settled();
  expect([statusLine(client.heard()), client.ended()]).toEqual(['HTTP/1.1 403 Forbidden', closes]);
});

test('stopping with open tunnels takes no time, ends both sides and frees the address', async () => {
  await using lab = await startProxyLab({ rules: [{ when: { host: 'hang.test' }, then: 'hang' }] });
  const { client, origin } = await tunnel(lab);
  const hanging = await lab.dial();
  hanging.send(connect('hang.test:443'));
  await lab.settled();
  const began = wallClock();
  await lab.proxy[Symbol.asyncDispose]();
  await lab.proxy[Symbol.asyncDispose]();
  await lab.settled();
  expect(wallClock() - began).toBeLessThan(500);
  expect([client, origin, hanging].map((side) => [side.ended(), side.failure()])).toEqual(
    Array.from({ length: 3 }, () => [true, undefined]),
  );
  await using again = await lab.world.net.listen(lab.tools.host, 8080, () => undefined);
  expect(again.at.port).toBe(8080);
});

test('a client that leaves while the proxy dials costs nothing', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(connect('two.test:443'));
  await lab.settled();
  client.connection.reset();
  await lab.world.clock.sleep(120_000);
  expect(lab.events('proxy.tunnel')).toEqual([]);
  expect(origins.map((origin) => origin.ended())).toEqual([true]);
});

test('the same story gives the same events every time', async () => {
  const stories = new Set<string>();
  for (let run = 0; run < 20; run += 1) {
    await using lab = await startProxyLab({ rules: [{ when: { nth: 1 }, then: 'challenge' }] });
    const { client, origin } = await challengedTunnel(lab);
    client.send('ping');
    origin.send('pong');
    await lab.settled();
    if (run % 2 === 0) client.connection.destroy();
    else client.connection.end();
    await lab.settled();
    origin.connection.end();
    await lab.settled();
    stories.add(`${run % 2}${JSON.stringify(lab.world.trace.events)}`);
  }
  expect(stories.size).toBe(2);
});

async function challengedTunnel(lab: ProxyLab): Promise<{ client: Talk; origin: Talk }> {
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(connect('app.test:443'));
  await lab.settled();
  client.send(connect('app.test:443'));
  await lab.settled();
  return { client, origin: origins[0] as Talk };
}
