import { once } from 'node:events';

import { expect, test } from 'vitest';

import { InputError } from '../../src/failure.ts';
import { connectTunnel, decoded, exchange } from '../../src/http/index.ts';
import { resource } from '../../src/http/spec.ts';
import { ask, connection, dataOf, said, startTestHosts, typesOf } from './kit.ts';

const address = '203.0.113.10';
const origin = { address, http: { '/': { body: 'hello' }, '/crl/*': { body: 'list' } } };

test('serves what stands at a path, a glob for the rest of its folder, and 404 elsewhere', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  expect(said(await ask(lab, 'http://app.example/?x=1'))).toEqual({ status: 200, text: 'hello', complete: true });
  expect(said(await ask(lab, 'http://app.example/crl/a/b.crl')).text).toBe('list');
  expect(said(await ask(lab, 'http://app.example/other')).status).toBe(404);
});

test('a resource changes while the lab runs, comes into being, and goes', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  const at = { scheme: 'http', path: '/' } as const;
  lab.hosts.place('app.example', at, resource.parse({ body: 'new' }));
  expect(said(await ask(lab, 'http://app.example/')).text).toBe('new');
  expect(said(await ask(lab, 'http://app.example/crl/a.crl')).text).toBe('list');
  lab.hosts.place('app.example', at, null);
  expect(said(await ask(lab, 'http://app.example/')).status).toBe(404);
});

test('a compressed resource goes to clients that accept gzip, and decodes to the same', async () => {
  await using lab = await startTestHosts({ 'app.example': { address, http: { '/': { body: 'hello', gzip: true } } } });
  const accepting = await ask(lab, 'http://app.example/', { headers: [['Accept-Encoding', 'deflate, gzip;q=0.9']] });
  if (!accepting.ok) throw new Error(accepting.failure.detail);
  expect(accepting.value.headers).toContainEqual(['Content-Encoding', 'gzip']);
  expect(accepting.value.body.toString()).not.toBe('hello');
  expect(decoded(accepting.value).body.toString()).toBe('hello');
  const plain = await ask(lab, 'http://app.example/');
  expect(plain.ok && plain.value.headers.map(([name]) => name)).not.toContain('Content-Encoding');
  expect(said(plain).text).toBe('hello');
});

test('a WebSocket answers its opening handshake with 101 and the proof of RFC 6455, anything else with 426', async () => {
  await using lab = await startTestHosts({ 'app.example': { address, http: { '/live': { webSocket: true } } } });
  const headers: [string, string][] = [
    ['Connection', 'Keep-Alive, Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ];
  const opened = await ask(lab, 'http://app.example/live', { headers });
  if (!opened.ok) throw new Error(opened.failure.detail);
  expect([opened.value.status, opened.value.body.length]).toEqual([101, 0]);
  // The example of RFC 6455 section 1.3.
  expect(opened.value.headers).toContainEqual(['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=']);
  expect(opened.value.headers.map(([name]) => name)).not.toContain('Content-Length');
  expect(said(await ask(lab, 'http://app.example/live')).status).toBe(426);
  const unjoined = await ask(lab, 'http://app.example/live', { headers: headers.slice(1) });
  expect(said(unjoined).status).toBe(426);
});

test('an origin writes origin events, with the head exactly as it is on the wire', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  const answer = await ask(lab, 'http://app.example/', { headers: [['X-Case', 'Kept']] });
  const { conn } = dataOf(lab, 'tcp.opened')[0] ?? {};
  expect(dataOf(lab, 'origin.request')).toEqual([
    {
      conn,
      host: 'app.example',
      method: 'GET',
      target: '/',
      headers: [
        ['Host', 'app.example'],
        ['X-Case', 'Kept'],
      ],
      clientCertificate: null,
    },
  ]);
  expect(dataOf(lab, 'origin.response')).toEqual([
    {
      conn,
      host: 'app.example',
      target: '/',
      status: 200,
      headers: [
        ['Content-Type', 'text/plain'],
        ['Date', 'Mon, 02 Mar 2026 08:00:00 GMT'],
        ['Content-Length', '5'],
      ],
      length: 5,
    },
  ]);
  expect(answer.ok && answer.value.headers).toEqual(dataOf(lab, 'origin.response')[0]?.headers);
  expect(typesOf(lab)).not.toContain('http.request');
});

test.each([
  ['a host that serves a script', 'pac.example', { '/proxy.pac': { pacText: 'function …' } }],
  ['a host called wpad.<domain>', 'wpad.corp.example', {}],
  ['a host called wpad', 'wpad', {}],
])('%s writes http events', async (_what, name, paths) => {
  await using lab = await startTestHosts({ [name]: { address, http: paths } });
  await ask(lab, `http://${name}/proxy.pac`);
  expect(typesOf(lab)).toEqual(['tcp.opened', 'http.request', 'http.response', 'tcp.fin', 'tcp.fin']);
});

test('a script has its own media type unless another is given; contents come from text or file', async () => {
  const paths = {
    '/a.pac': { pacText: 'text' },
    '/b.pac': { pac: './corp.pac' },
    '/c.pac': { pacText: 'text', type: 'text/plain' },
    '/d.pac': { pacText: 'text', type: 'none' },
    '/e': { bodyFile: './page.html', type: 'text/html', headers: { 'Set-Cookie': ['a=1', 'b=2'] } },
  };
  await using lab = await startTestHosts(
    { 'pac.example': { address, http: paths } },
    { './corp.pac': 'from file', './page.html': '<p>' },
  );
  const get = async (path: string) => {
    const answer = await ask(lab, `http://pac.example${path}`);
    if (!answer.ok) throw new Error(answer.failure.detail);
    const { headers, body } = answer.value;
    return [body.toString(), ...headers.filter(([name]) => /type|cookie/i.test(name)).map(([, value]) => value)];
  };
  expect(await get('/a.pac')).toEqual(['text', 'application/x-ns-proxy-autoconfig']);
  expect(await get('/b.pac')).toEqual(['from file', 'application/x-ns-proxy-autoconfig']);
  expect(await get('/c.pac')).toEqual(['text', 'text/plain']);
  expect(await get('/d.pac')).toEqual(['text']);
  expect(await get('/e')).toEqual(['<p>', 'text/html', 'a=1', 'b=2']);
});

test.each([
  ['utf-8', '41c3a4'],
  ['utf-8-bom', 'efbbbf41c3a4'],
  ['utf-16le', 'fffe4100e400'],
  ['latin1', '41e4'],
])('text goes out as %s', async (encoding, hex) => {
  await using lab = await startTestHosts({ 'pac.example': { address, http: { '/p': { pacText: 'Aä', encoding } } } });
  const answer = await ask(lab, 'http://pac.example/p');
  expect(answer.ok && answer.value.body.toString('hex')).toBe(hex);
});

test('a delay is lab time', async () => {
  await using lab = await startTestHosts({ 'app.example': { address, http: { '/': { delay: '20s' } } } });
  await ask(lab, 'http://app.example/');
  expect(lab.world.clock.now()).toBe(20_000);
});

test('many names share an address: Host decides, and the first serves the rest', async () => {
  await using lab = await startTestHosts({
    'one.example': { address, http: { '/': { body: 'one' } } },
    'two.example': { address, http: { '/': { body: 'two' } } },
    '*.three.example': { address, http: { '/': { body: 'three' } } },
  });
  const text = async (url: string) => said(await ask(lab, url)).text;
  expect(await text('http://one.example/')).toBe('one');
  expect(await text('http://TWO.example/')).toBe('two');
  expect(await text('http://a.b.three.example/')).toBe('three');
  expect(await text('http://stranger.example/')).toBe('one');
  expect(await text(`http://${address}/`)).toBe('one');
  expect(dataOf(lab, 'origin.request').map(({ host }) => host)).toEqual([
    'one.example',
    'two.example',
    '*.three.example',
    'one.example',
    'one.example',
  ]);
});

test('http may stand on another port', async () => {
  await using lab = await startTestHosts({
    'app.example': { address, http: { port: 8080, paths: { '/': { body: 'there' } } } },
  });
  expect(said(await ask(lab, 'http://app.example:8080/')).text).toBe('there');
  expect(await lab.world.net.dial({ name: 'c', owner: 'c', ip: '10.0.0.1' }, { ip: address, port: 80 })).toMatchObject({
    failure: { code: 'tcp.refused' },
  });
});

test('HTTPS hosts on one address show the certificate of the name that the client sends', async () => {
  const https = (body: string) => ({ address, https: { paths: { '/': { body } } } });
  await using lab = await startTestHosts({ 'one.example': https('one'), 'two.example': https('two') });
  expect(said(await ask(lab, 'https://one.example/')).text).toBe('one');
  expect(said(await ask(lab, 'https://two.example/')).text).toBe('two');
  expect(await ask(lab, 'https://three.example/')).toMatchObject({ failure: { code: 'tls.name' } });
  const handshakes = lab.world.trace.events.filter(({ type, by }) => type === 'tls.established' && by !== 'client');
  expect(handshakes.map(({ by }) => by)).toEqual(['host:one.example', 'host:two.example']);
});

test.each([
  ['expired', 'tls.expired'],
  ['not-yet-valid', 'tls.expired'],
  ['wrong-name', 'tls.name'],
  ['no-san', 'tls.name'],
  ['self-signed', 'tls.untrusted'],
  ['weak', 'tls.weak'],
  ['missing-intermediate', 'tls.untrusted'],
  ['untrusted', 'tls.untrusted'],
])('a host whose certificate is %s is refused with %s; its healthy twin is not', async (fault, code) => {
  const https = (certificate: unknown) => ({ https: { certificate, paths: { '/': {} } } });
  await using lab = await startTestHosts({
    'bad.example': { address, ...https({ fault }) },
    'good.example': { address: '203.0.113.11', ...https('public-ca') },
  });
  expect(await ask(lab, 'https://bad.example/')).toMatchObject({ ok: false, failure: { code } });
  expect(typesOf(lab)).not.toContain('origin.request');
  expect(said(await ask(lab, 'https://good.example/', { ip: '203.0.113.11' })).status).toBe(200);
});

const guarded = (https: object) => ({
  'tenant.msappproxy.net': { address, https: { paths: { '/bootstrap': { body: 'configuration' } }, ...https } },
});
const url = 'https://tenant.msappproxy.net/bootstrap';

test.each(['TLSv1.2', 'TLSv1.3'])(
  'a required client certificate is seen by the origin, under %s',
  async (maxVersion) => {
    await using lab = await startTestHosts(guarded({ clientCertificate: 'required', maxVersion }));
    expect(said(await ask(lab, url, { certificate: 'connector' })).text).toBe('configuration');
    expect(dataOf(lab, 'origin.request')[0]?.clientCertificate).toBe('CN=connector, O=paclab');
  },
);

test.each([
  ['TLSv1.2', 'handshake_failure'],
  ['TLSv1.3', 'certificate_required'],
])('without it the client gets the alert of the protocol, under %s', async (maxVersion, alert) => {
  await using lab = await startTestHosts(guarded({ clientCertificate: 'required', maxVersion }));
  expect(await ask(lab, url)).toEqual({
    ok: false,
    failure: {
      code: 'tls.alert',
      detail: expect.stringMatching(new RegExp(`the peer sent the alert ${alert}$`)) as string,
    },
  });
  expect(typesOf(lab)).not.toContain('origin.request');
  expect(dataOf(lab, 'tls.failed').map((failed) => [failed.role, failed.alert])).toEqual([
    ['server', alert],
    ['client', alert],
  ]);
});

test('a service that only requests a certificate answers as it likes to a client without one', async () => {
  const https = { clientCertificate: 'requested', withoutCertificate: { status: 403, body: 'Unauthorized' } };
  await using lab = await startTestHosts(guarded(https));
  expect(said(await ask(lab, url))).toMatchObject({ status: 403, text: 'Unauthorized' });
  expect(said(await ask(lab, url, { certificate: 'connector' }))).toMatchObject({ status: 200, text: 'configuration' });
  expect(dataOf(lab, 'origin.request').map(({ clientCertificate }) => clientCertificate)).toEqual([
    null,
    'CN=connector, O=paclab',
  ]);
});

test('a client certificate of a strange authority does not count', async () => {
  const https = {
    clientCertificate: 'requested',
    clientAuthorities: ['public-ca'],
    withoutCertificate: { status: 403 },
  };
  await using lab = await startTestHosts(guarded(https));
  expect(said(await ask(lab, url, { certificate: 'connector' })).status).toBe(403);
});

test('plain TCP services take the connection, close it or reset it', async () => {
  const tcp = [
    { ports: [5671, 9350], protocol: 'amqp' },
    { ports: [9351], then: 'close' },
    { ports: [9352], then: 'reset' },
  ];
  await using lab = await startTestHosts({ 'ns.servicebus.windows.net': { address, tcp } });
  const taken = await connection(lab, 5671);
  const closed = await connection(lab, 9351);
  await once(closed.resume(), 'end');
  const reset = await connection(lab, 9352);
  const [error] = (await once(reset, 'error')) as [NodeJS.ErrnoException];
  expect([taken.destroyed, error.code]).toEqual([false, 'ECONNRESET']);
  expect(dataOf(lab, 'origin.connected').map(({ host, protocol }) => [host, protocol])).toEqual([
    ['ns.servicebus.windows.net', 'amqp'],
    ['ns.servicebus.windows.net', 'tcp'],
    ['ns.servicebus.windows.net', 'tcp'],
  ]);
});

test('several requests share a connection, and HEAD has no body', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  const stream = await connection(lab, 80);
  const limits = { timeout: 1000, clock: lab.world.clock };
  for (const method of ['GET', 'HEAD', 'POST', 'GET']) {
    const body = method === 'POST' ? { body: 'x'.repeat(100_000) } : {};
    const request = { method, target: '/', headers: [['Host', 'app.example']] as [string, string][], ...body };
    expect(said(await exchange(stream, request, limits)).text).toBe(method === 'HEAD' ? '' : 'hello');
  }
  expect(dataOf(lab, 'tcp.opened')).toHaveLength(1);
  expect(lab.world.clock.now()).toBe(0);
});

test('a client that has closed its direction still gets its answer', async () => {
  await using lab = await startTestHosts({ 'app.example': { address, http: { '/': { body: 'late', delay: '5s' } } } });
  const stream = await connection(lab, 80);
  stream.end('GET / HTTP/1.1\r\nHost: app.example\r\n\r\n');
  let text = '';
  stream.on('data', (chunk) => (text += String(chunk)));
  await once(stream, 'end');
  expect(text).toMatch(/\r\n\r\nlate$/);
});

test('a host is no proxy: CONNECT gets 405', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  const stream = await connection(lab, 80);
  const limits = { timeout: 1000, clock: lab.world.clock };
  const answer = await connectTunnel(stream, { authority: 'x.example:443', headers: [['Host', 'x.example']] }, limits);
  expect(said(answer).status).toBe(405);
  expect(dataOf(lab, 'origin.request')).toMatchObject([{ method: 'CONNECT', target: 'x.example:443' }]);
});

test('bytes that are no request get 400', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  const stream = await connection(lab, 80);
  stream.write(Buffer.from('16030100', 'hex'));
  const [head] = (await once(stream, 'data')) as [Buffer];
  expect(head.toString()).toMatch(/^HTTP\/1\.1 400 /);
});

test('hosts without address, and hosts that want one port for different things, are mistakes of the file', async () => {
  await expect(startTestHosts({ 'app.example': { http: { '/': {} } } })).rejects.toThrow(InputError);
  const https = (clientCertificate: string) => ({ address, https: { clientCertificate, paths: { '/': {} } } });
  await expect(startTestHosts({ 'a.example': https('none'), 'b.example': https('required') })).rejects.toThrow(
    'a.example and b.example want 203.0.113.10:443 for different things',
  );
  await using lab = await startTestHosts({ 'a.example': https('required'), 'b.example': https('required') });
  expect(lab.hosts.listening.map(({ names, listener }) => [names, listener.at.port])).toEqual([
    [['a.example', 'b.example'], 443],
  ]);
});

test('a lab whose host hangs is disposed of at once', async () => {
  const lab = await startTestHosts({ 'app.example': { ...origin, behaviour: 'hang' } });
  const stream = await connection(lab, 80);
  stream.write('GET / HTTP/1.1\r\nHost: app.example\r\n\r\n');
  await lab.world.net.settled();
  expect(dataOf(lab, 'origin.request')).toHaveLength(1);
  const closed = once(stream, 'close');
  await lab[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
  await closed;
  expect(dataOf(lab, 'origin.response')).toEqual([]);
});

test('the events are the same in every run, and no limit of a millisecond is reached without reason', async () => {
  const seen = new Set<string>();
  for (let run = 0; run < 200; run += 1) {
    await using lab = await startTestHosts({
      ...guarded({ clientCertificate: 'required' }),
      'wpad.corp.example': { address: '10.20.0.5', http: { '/wpad.dat': { pacText: 'x' } } },
    });
    const limits = { timeout: 1 };
    said(await ask(lab, 'http://wpad.corp.example/wpad.dat', { ip: '10.20.0.5', ...limits }));
    said(await ask(lab, url, { certificate: 'connector', ...limits }));
    await ask(lab, url, limits);
    seen.add(JSON.stringify(lab.world.trace.events));
  }
  expect([...seen]).toHaveLength(1);
}, 60_000);

test('a connection on which many requests come has no more listeners than one with few', async () => {
  await using lab = await startTestHosts({ 'app.example': origin });
  const warned: Error[] = [];
  const hear = (warning: Error): void => void warned.push(warning);
  process.on('warning', hear);
  const raw = await connection(lab, 80);
  for (let asked = 0; asked < 15; asked++) {
    raw.write('GET / HTTP/1.1\r\nHost: app.example\r\n\r\n');
    expect(String(await once(raw, 'data'))).toContain('200 OK');
  }
  raw.destroy();
  process.off('warning', hear);
  expect(warned).toEqual([]);
});
