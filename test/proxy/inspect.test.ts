import { expect, test } from 'vitest';

import { fail } from '../../src/failure.ts';
import type { FailureCode, Outcome } from '../../src/failure.ts';
import { leafFaults } from '../../src/net/certificates.ts';
import type { LeafFault } from '../../src/net/certificates.ts';
import { acceptTls, dialTls } from '../../src/net/tls.ts';
import type { TlsConnection } from '../../src/net/tls.ts';
import { host } from '../kit/world.ts';
import { originIp, startProxyLab, statusLine, talk } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const get = (path = '/', more = ''): string => `GET ${path} HTTP/1.1\r\nHost: app.test\r\n${more}\r\n`;

interface OriginOptions {
  clientCertificate?: 'none' | 'accept' | 'required';
  faults?: LeafFault[];
  names?: string[];
  version?: 'TLSv1.2' | 'TLSv1.3';
  answer?: (side: Talk, chunk: string) => void;
}

/** An origin that speaks TLS; gives what it heard inside, and whether it saw a client certificate. */
async function secureOrigin(lab: ProxyLab, options: OriginOptions = {}): Promise<{ talks: Talk[]; peers: unknown[] }> {
  const { clientCertificate = 'none', faults = [], version = 'TLSv1.3', names = ['app.test'] } = options;
  const seen = { talks: [] as Talk[], peers: [] as unknown[] };
  const leaf = await lab.pki.leaf({ names, authority: 'public-ca', faults });
  const answer =
    options.answer ??
    ((side: Talk, chunk: string) => side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${chunk.length}\r\n\r\n${chunk}`));
  const tls = {
    leaf,
    clientCertificate,
    clientAuthorities: ['connector-ca'],
    minVersion: version,
    maxVersion: version,
  };
  await lab.world.net.listen(host(originIp, 'origin'), 443, (connection) => {
    void acceptTls(connection, tls, { ...lab.tools, pen: lab.world.trace.pen('origin') }).then((accepted) => {
      if (!accepted.ok) return;
      // A TLS stream has what a talk needs, except `reset`.
      const side = talk(accepted.value.stream as never);
      seen.talks.push(side);
      seen.peers.push(accepted.value.peer?.subject ?? null);
      accepted.value.stream.on('data', (chunk: Buffer) => answer(side, chunk.toString('latin1')));
    });
  });
  return seen;
}

/** CONNECT, then the client's handshake inside the tunnel. */
async function secure(
  lab: ProxyLab,
  { trust = ['public-ca', 'inspection-ca'], certificate = false, target = 'app.test:443' } = {},
): Promise<Outcome<{ side: Talk; tls: TlsConnection }>> {
  const client = await lab.dial();
  client.send(`CONNECT ${target} HTTP/1.1\r\n\r\n`);
  await lab.settled();
  if (!client.heard().startsWith('HTTP/1.1 200 ')) return fail('proxy.status', statusLine(client.heard()));
  client.connection.removeAllListeners('data');
  const leaf = certificate ? await lab.pki.clientCertificate('connector') : undefined;
  const serverName = target.replace(/:\d+$/, '');
  const tools = { ...lab.tools, pen: lab.world.trace.pen('client:service') };
  const tls = await dialTls(client.connection, { serverName, trust, ...(leaf && { certificate: leaf }) }, tools);
  await lab.settled();
  return tls.ok ? { ok: true, value: { side: talk(tls.value.stream as never), tls: tls.value } } : tls;
}

async function inside(
  lab: ProxyLab,
  options: Parameters<typeof secure>[1] = {},
): Promise<{ side: Talk; tls: TlsConnection }> {
  const outcome = await secure(lab, options);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

const inspected = { behaviour: 'inspect' };

test('shows a certificate of the inspection CA for the host of CONNECT, and forwards what is inside', async () => {
  await using lab = await startProxyLab(inspected);
  const origin = await secureOrigin(lab);
  const { side, tls } = await inside(lab);
  expect(tls.peer).toMatchObject({ issuer: expect.stringContaining('inspection-ca'), names: ['app.test'] });
  side.send(get('/a//b/../%2f?x', 'X-A: 1\r\nx-a: 2\r\n'));
  await lab.settled();
  expect(side.heard()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(origin.talks[0]?.heard()).toBe(
    'GET /a//b/../%2f?x HTTP/1.1\r\nHost: app.test\r\nX-A: 1\r\nx-a: 2\r\nConnection: keep-alive\r\n\r\n',
  );
  expect(lab.events('lab.behaviour')).toHaveLength(1);
  expect(lab.events('proxy.request').map(({ method, target }) => `${method} ${target}`)).toEqual([
    'CONNECT app.test:443',
    'GET https://app.test/a//b/../%2f?x',
  ]);
});

test('without inspection the origin shows its own certificate', async () => {
  await using lab = await startProxyLab();
  await secureOrigin(lab);
  const { tls, side } = await inside(lab, { trust: ['public-ca'] });
  side.send(get());
  await lab.settled();
  expect(tls.peer?.issuer).toContain('public-ca');
  expect(side.heard()).toContain('200 OK');
});

test('a client that does not trust the inspection CA ends the handshake, and the origin hears nothing', async () => {
  await using lab = await startProxyLab(inspected);
  const origin = await secureOrigin(lab);
  expect(await secure(lab, { trust: ['public-ca'] })).toMatchObject({ ok: false, failure: { code: 'tls.untrusted' } });
  await lab.settled();
  expect(origin.talks).toEqual([]);
  expect(lab.events('tls.failed').map(({ role }) => role)).toContain('client');
});

test('a bypassed host keeps its own certificate', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'inspect', bypass: ['*.test'] } });
  await secureOrigin(lab);
  expect((await inside(lab, { trust: ['public-ca'] })).tls.peer?.issuer).toContain('public-ca');
  expect(lab.events('lab.behaviour')).toEqual([]);
});

test.each<[leaf: LeafFault, code: FailureCode]>([
  ['expired', 'tls.expired'],
  ['not-yet-valid', 'tls.expired'],
  ['wrong-name', 'tls.name'],
  ['no-san', 'tls.name'],
  ['weak', 'tls.weak'],
  ['untrusted', 'tls.untrusted'],
  ['self-signed', 'tls.untrusted'],
  ['missing-intermediate', 'tls.untrusted'],
])('a substitute can be %s', async (leaf, code) => {
  await using lab = await startProxyLab({ behaviour: { kind: 'inspect', leaf } });
  await secureOrigin(lab);
  expect(await secure(lab)).toMatchObject({ ok: false, failure: { code } });
});

test('every fault of a substitute is asked for', () => {
  expect(Object.keys(leafFaults).toSorted()).toEqual([
    'expired',
    'missing-intermediate',
    'no-san',
    'not-yet-valid',
    'self-signed',
    'untrusted',
    'weak',
    'wrong-name',
  ]);
});

test("the client's certificate is lost: an origin that asks for one sees none", async () => {
  for (const [behaviour, seen] of [
    ['allow', 'CN=connector, O=paclab'],
    ['inspect', null],
  ] as const) {
    await using lab = await startProxyLab({ behaviour });
    const origin = await secureOrigin(lab, { clientCertificate: 'accept' });
    const { side } = await inside(lab, { certificate: true });
    side.send(get());
    await lab.settled();
    expect(side.heard()).toContain('200 OK');
    expect(origin.peers).toEqual([seen]);
  }
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'an origin that requires a certificate ends %s with an alert, a 502 inside',
  async (version) => {
    await using lab = await startProxyLab(inspected);
    await secureOrigin(lab, { clientCertificate: 'required', version });
    const { side } = await inside(lab, { certificate: true });
    side.send(get());
    await lab.settled();
    expect(statusLine(side.heard())).toBe('HTTP/1.1 502 Bad Gateway');
    expect(side.heard()).toContain('error=tls_alert_received');
    expect(lab.events('proxy.upstream-failed')).toMatchObject([{ failure: 'tls.alert', host: 'app.test', port: 443 }]);
  },
);

test.each([
  ['expired', 'tls.expired'],
  ['wrong-name', 'tls.name'],
  ['untrusted', 'tls.untrusted'],
  ['self-signed', 'tls.untrusted'],
  ['missing-intermediate', 'tls.untrusted'],
  ['no-san', 'tls.name'],
] as const)('an origin whose certificate is %s is a 502 inside', async (fault, failure) => {
  await using lab = await startProxyLab(inspected);
  await secureOrigin(lab, { faults: [fault] });
  const { side } = await inside(lab);
  side.send(get());
  await lab.settled();
  expect(statusLine(side.heard())).toBe('HTTP/1.1 502 Bad Gateway');
  expect(side.heard()).toContain('error=tls_certificate_error');
  expect(lab.events('proxy.upstream-failed')).toMatchObject([{ failure }]);
});

test('an origin that tells of the missing certificate in HTTP alone is heard, with its own status', async () => {
  for (const [behaviour, status] of [
    ['allow', '200'],
    ['inspect', '400'],
  ] as const) {
    await using lab = await startProxyLab({ behaviour });
    const origin = await secureOrigin(lab, {
      clientCertificate: 'accept',
      answer: (side) => {
        const known = origin.peers.at(-1) !== null;
        side.send(`HTTP/1.1 ${known ? '200 OK' : '400 No required SSL certificate'}\r\nContent-Length: 0\r\n\r\n`);
      },
    });
    const { side } = await inside(lab, { certificate: true });
    side.send(get());
    await lab.settled();
    expect(statusLine(side.heard()).slice(9, 12)).toBe(status);
    expect(lab.events('proxy.upstream-failed')).toEqual([]);
  }
});

test('a target that is an address gets a substitute for that address, asked for without a server name', async () => {
  await using lab = await startProxyLab(inspected);
  await secureOrigin(lab, { names: [originIp] });
  const { side, tls } = await inside(lab, { target: `${originIp}:443` });
  expect([tls.serverName, tls.peer?.names]).toEqual([null, [originIp]]);
  side.send(`GET / HTTP/1.1\r\nHost: ${originIp}\r\n\r\n`);
  await lab.settled();
  expect(statusLine(side.heard())).toBe('HTTP/1.1 200 OK');
});

test('an origin that cannot be reached is a 502 to CONNECT, before any handshake', async () => {
  await using lab = await startProxyLab(inspected);
  expect(await secure(lab, { target: 'gone.test:443' })).toMatchObject({
    failure: { detail: 'HTTP/1.1 502 Bad Gateway' },
  });
  expect(lab.events('tls.established')).toEqual([]);
});

test('several requests run on one handshake with the origin', async () => {
  await using lab = await startProxyLab(inspected);
  const origin = await secureOrigin(lab);
  const { side } = await inside(lab);
  side.send(get('/1') + get('/2'));
  await lab.settled();
  side.send(get('/3'));
  await lab.settled();
  expect(side.heard().match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  expect(origin.talks).toHaveLength(1);
});

test('rules see the requests inside', async () => {
  await using lab = await startProxyLab({
    rules: [
      { when: { url: 'https://app.test/secret*' }, then: 'deny' },
      { when: { sni: 'app.test', method: 'POST' }, then: { kind: 'respond', status: 405 } },
      { when: { method: 'CONNECT' }, then: 'inspect' },
    ],
  });
  await secureOrigin(lab);
  const { side } = await inside(lab);
  side.send(get('/secret/1'));
  side.send('POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n');
  side.send(get('/open'));
  await lab.settled();
  expect([...side.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['403', '405', '200']);
});

test('what is no HTTP inside gets a 400 and never reaches the origin', async () => {
  await using lab = await startProxyLab(inspected);
  const origin = await secureOrigin(lab);
  const { side } = await inside(lab);
  side.send('AMQP\u0000\u0001\u0000\u0000');
  await lab.settled();
  expect(statusLine(side.heard())).toBe('HTTP/1.1 400 Bad Request');
  expect(side.ended()).toBe(true);
  expect(origin.talks).toEqual([]);
});

test('CONNECT inside a tunnel is refused', async () => {
  await using lab = await startProxyLab(inspected);
  await secureOrigin(lab);
  const { side } = await inside(lab);
  side.send('CONNECT app.test:443 HTTP/1.1\r\nHost: app.test\r\n\r\n');
  await lab.settled();
  expect(statusLine(side.heard())).toBe('HTTP/1.1 400 Bad Request');
});

test('a WebSocket inside is joined', async () => {
  await using lab = await startProxyLab(inspected);
  await secureOrigin(lab, {
    answer: (side, chunk) =>
      side.send(
        chunk.startsWith('GET')
          ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
          : `<${chunk}>`,
      ),
  });
  const { side } = await inside(lab);
  side.send(get('/chat', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
  await lab.settled();
  side.send('ping');
  await lab.settled();
  expect(side.heard()).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n<ping>$/);
});

test('an origin that breaks off inside shows as a broken connection, never as success', async () => {
  await using lab = await startProxyLab(inspected);
  const origin = await secureOrigin(lab, {
    answer: (side) => side.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
  });
  const { side, tls } = await inside(lab);
  side.send(get());
  await lab.settled();
  origin.talks[0]?.connection.destroy();
  await lab.settled();
  expect(side.heard()).toContain('hello');
  expect(tls.connection.errored).toMatchObject({ code: 'ECONNRESET' });
});

test('a client that leaves takes the connection to the origin with it', async () => {
  await using lab = await startProxyLab(inspected);
  const origin = await secureOrigin(lab);
  const early = await inside(lab);
  early.tls.stream.end();
  await lab.settled();
  const { side, tls } = await inside(lab);
  side.send(get());
  await lab.settled();
  tls.stream.end();
  await lab.settled();
  expect(origin.talks.map((talk) => talk.ended())).toEqual([true]);
  expect(tls.connection.destroyed).toBe(true);
});

test('clients can speak TLS to the proxy', async () => {
  await using lab = await startProxyLab({ tls: { certificate: 'corp-ca' } });
  const origins = await lab.origin(80, (side) => side.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  await lab.origin(443, (side, chunk) => side.send(`<${chunk}>`));
  const client = await lab.dial();
  client.connection.removeAllListeners('data');
  const tools = { ...lab.tools, pen: lab.world.trace.pen('client:service') };
  const dialled = await dialTls(client.connection, { serverName: 'proxy.test', trust: ['corp-ca'] }, tools);
  if (!dialled.ok) throw new Error(dialled.failure.detail);
  const side = talk(dialled.value.stream as never);
  side.send('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n');
  await lab.settled();
  side.send('CONNECT app.test:443 HTTP/1.1\r\n\r\nping');
  await lab.settled();
  expect(side.heard()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*okHTTP\/1\.1 200 Connection established\r\n\r\n<ping>$/);
  expect(origins).toHaveLength(1);
  const plain = await lab.dial();
  plain.send('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n');
  await lab.settled();
  expect(plain.heard()).not.toContain('HTTP');
});

test('the same interception gives the same events every time', async () => {
  const stories = new Set<string>();
  for (let run = 0; run < 10; run += 1) {
    await using lab = await startProxyLab(inspected);
    await secureOrigin(lab, { clientCertificate: 'required' });
    const { side, tls } = await inside(lab, { certificate: true });
    side.send(get());
    await lab.settled();
    tls.stream.end();
    await lab.settled();
    stories.add(
      JSON.stringify(lab.world.trace.events.map(({ type, by, data }) => [type, by, (data as { conn?: number }).conn])),
    );
  }
  expect(stories.size).toBe(1);
});
