/** What stands between a client's TLS and its server. */
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';

import { expect, test } from 'vitest';

import { inSight } from '../../src/net/in-sight.ts';
import { acceptTls } from '../../src/net/tls.ts';
import { readClientHello } from '../../src/proxy/client-hello.ts';
import { host } from '../kit/world.ts';
import { originIp, startProxyLab } from './lab.ts';
import type { ProxyLab, Talk } from './lab.ts';

const connect = 'CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n';

async function secureOrigin(lab: ProxyLab): Promise<string[]> {
  const heard: string[] = [];
  const leaf = await lab.pki.leaf({ names: ['app.test'], authority: 'public-ca' });
  await lab.world.net.listen(host(originIp, 'origin'), 443, (connection) => {
    void acceptTls(connection, { leaf, minVersion: 'TLSv1', ciphers: 'ALL' }, lab.tools).then((accepted) => {
      if (!accepted.ok) return;
      accepted.value.stream.on('data', (chunk: Buffer) => {
        heard.push(chunk.toString());
        accepted.value.stream.write('HTTP/1.1 200 Fine\r\nContent-Length: 4\r\n\r\nfine');
      });
    });
  });
  return heard;
}

interface Secured {
  below: Talk;
  socket: TLSSocket;
  heard: () => string;
  failure: () => string | undefined;
  stands: () => boolean;
}

/** CONNECT, then a client's own TLS, which trusts everybody. */
async function secured(lab: ProxyLab, options: ConnectionOptions = {}): Promise<Secured> {
  const client = await lab.dial();
  client.send(connect);
  await lab.settled();
  client.connection.removeAllListeners('data');
  const socket = tlsConnect({
    socket: inSight(client.connection),
    rejectUnauthorized: false,
    servername: 'app.test',
    ...options,
  });
  let failure: string | undefined;
  let stands = false;
  socket.on('error', (error: NodeJS.ErrnoException) => (failure = error.code));
  socket.on('secureConnect', () => (stands = true));
  const heard: string[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  await lab.settled();
  await lab.settled();
  return { below: client, socket, heard: () => heard.join(''), failure: () => failure, stands: () => stands };
}

async function page(lab: ProxyLab, { socket, heard }: Secured): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: app.test\r\n\r\n');
  await lab.settled();
  return heard();
}

const inspect = (more: object = {}): Promise<ProxyLab> => startProxyLab({ behaviour: { kind: 'inspect', ...more } });

test('without ALPN the client is told no protocol, with it http/1.1', async () => {
  for (const [alpn, chosen] of [
    ['none', false],
    ['http/1.1', 'http/1.1'],
  ] as const) {
    await using lab = await inspect({ alpn });
    await secureOrigin(lab);
    const client = await secured(lab, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect([client.stands(), client.socket.alpnProtocol]).toEqual([true, chosen]);
    expect(await page(lab, client)).toContain('fine');
  }
});

test('a client certificate that is demanded: without one the handshake fails, when only asked for it does not', async () => {
  await using strict = await inspect({ clientCertificate: 'required' });
  await secureOrigin(strict);
  const refused = await secured(strict, { maxVersion: 'TLSv1.2' });
  expect([refused.stands(), refused.failure()]).toEqual([false, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE']);
  await using polite = await inspect({ clientCertificate: 'accept' });
  await secureOrigin(polite);
  expect(await page(polite, await secured(polite))).toContain('fine');
});

test('versions and ciphers it does not have end the handshake; those it has do not', async () => {
  await using old = await inspect({ toClient: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } });
  await secureOrigin(old);
  const refused = await secured(old);
  expect([refused.stands(), refused.failure()]).toEqual([false, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION']);
  await using narrow = await inspect({ toClient: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' } });
  await secureOrigin(narrow);
  const other = await secured(narrow, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
  expect([other.stands(), other.failure()]).toEqual([false, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE']);
  const same = await secured(narrow);
  expect(same.socket.getCipher().name).toBe('ECDHE-ECDSA-AES256-GCM-SHA384');
  await using weak = await inspect({ toOrigin: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } });
  await secureOrigin(weak);
  expect(await page(weak, await secured(weak))).toContain('fine');
  expect(weak.events('tls.established').map(({ version }) => version)).toContain('TLSv1.1');
});

test('lists of signature algorithms without a common entry end the handshake on either side', async () => {
  await using lab = await inspect({ toClient: { maxVersion: 'TLSv1.2', signatures: 'ECDSA+SHA256' } });
  await secureOrigin(lab);
  const client = await secured(lab, { sigalgs: 'ECDSA+SHA512' });
  expect([client.stands(), client.failure()]).toEqual([false, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE']);
  expect(await page(lab, await secured(lab, { sigalgs: 'ECDSA+SHA256' }))).toContain('fine');
});

test('the mark of a downgrade ends the handshake of a client that knows TLS 1.3, and only that', async () => {
  await using lab = await inspect({ downgrade: true });
  await secureOrigin(lab);
  expect((await secured(lab)).failure()).toBe('ERR_SSL_INAPPROPRIATE_FALLBACK');
  expect((await secured(lab, { maxVersion: 'TLSv1.2' })).failure()).not.toBe('ERR_SSL_INAPPROPRIATE_FALLBACK');
});

test('the substitute may carry another name than the one asked for', async () => {
  await using lab = await inspect({ name: 'device.corp.test' });
  await secureOrigin(lab);
  const { socket } = await secured(lab);
  expect(socket.getPeerCertificate().subjectaltname).toBe('DNS:device.corp.test');
});

test.each([
  ['reset', 'ECONNRESET'],
  ['hang', undefined],
])('a ClientHello larger than it reads: %s; a smaller one passes', async (then, failure) => {
  await using lab = await inspect({ hello: { limit: 600, then } });
  await secureOrigin(lab);
  const large = await secured(lab, {
    ALPNProtocols: Array.from({ length: 20 }, (_, index) => `protocol-number-${index}-of-many`),
  });
  expect([large.stands(), large.below.failure()]).toEqual([false, failure]);
  expect(await page(lab, await secured(lab))).toContain('fine');
});

test('sni-filter lets CONNECT pass and resets when the ClientHello names a denied server', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'sni-filter', deny: ['*.secret.test'] } });
  const heard = await secureOrigin(lab);
  const denied = await secured(lab, { servername: 'a.secret.test' });
  expect([denied.stands(), denied.below.failure(), denied.below.heard()]).toEqual([
    false,
    'ECONNRESET',
    'HTTP/1.1 200 Connection established\r\n\r\n',
  ]);
  expect(await page(lab, await secured(lab))).toContain('fine');
  expect(await page(lab, await secured(lab, { servername: '' }))).toContain('fine');
  expect(heard).toHaveLength(2);
});

test('sni-filter passes what is no TLS, and can refuse clients that name nobody', async () => {
  await using lab = await startProxyLab({ behaviour: { kind: 'sni-filter', deny: [], unnamed: 'deny', how: 'fin' } });
  const origins = await lab.origin(443);
  const client = await lab.dial();
  client.send(`${connect}SSH-2.0-x`);
  await lab.settled();
  expect(origins[0]?.heard()).toBe('SSH-2.0-x');
  const unnamed = await secured(lab, { servername: '' });
  expect([unnamed.stands(), unnamed.failure()]).toEqual([false, 'ECONNRESET']);
});

test('block-page says 200, then shows its own certificate and page; the destination hears nothing', async () => {
  await using lab = await startProxyLab({
    rules: [{ when: { method: 'CONNECT' }, then: { kind: 'block-page', name: 'block.test', body: 'blocked' } }],
  });
  const heard = await secureOrigin(lab);
  const client = await secured(lab);
  expect(client.socket.getPeerCertificate().subjectaltname).toBe('DNS:block.test');
  expect(await page(lab, client)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*blocked$/);
  expect([heard, lab.events('proxy.tunnel')]).toEqual([[], []]);
});

test('a ClientHello is read to its end and no further; what is none is seen at once', async () => {
  await using lab = await startProxyLab();
  const origins = await lab.origin(443);
  await secured(lab, { servername: 'Some.Name.test' });
  const hello = Buffer.from(origins[0]?.heard() ?? '', 'latin1');
  expect(readClientHello(hello)).toEqual({ size: hello.length, serverName: 'some.name.test' });
  for (let size = 0; size < hello.length; size += 1) expect(readClientHello(hello.subarray(0, size))).toBe('more');
  expect(readClientHello(Buffer.from('GET / HTTP/1.1'))).toBeUndefined();
  const cut = Buffer.concat([hello.subarray(0, 60)]);
  cut.writeUInt16BE(55, 3);
  expect(readClientHello(cut)).toMatchObject({ size: 60 });
});
