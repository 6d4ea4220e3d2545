import { once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';

import { expect, test } from 'vitest';

import type { Outcome } from '../../src/failure.ts';
import { createPki } from '../../src/net/certificates.ts';
import type { LeafFault, Pki } from '../../src/net/certificates.ts';
import type { Connection } from '../../src/net/connection.ts';
import { acceptTls, dialTls, tlsFailure } from '../../src/net/tls.ts';
import type { AcceptTlsOptions, DialTlsOptions, TlsConnection } from '../../src/net/tls.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';

const client = host('10.20.0.10', 'client');
const server = host('203.0.113.10', 'server');
const name = 'tenant.msappproxy.net';

const pkiOf = ({ clock, activity }: World): Pki => createPki({ date: () => clock.date(), activity });
const toolsOf = (world: World, by: string, pki = pkiOf(world)) => ({
  pen: world.trace.pen(by),
  clock: world.clock,
  pki,
});

interface Talk {
  world: World;
  client: Outcome<TlsConnection>;
  server: Promise<Outcome<TlsConnection>>;
}

interface Options {
  faults?: LeafFault[];
  intermediate?: boolean;
  accept?: Partial<AcceptTlsOptions>;
  dial?: Partial<DialTlsOptions>;
  certificate?: string;
}

/** One handshake between the two hosts; the client trusts `public-ca`. */
async function talk(world: World, { faults = [], intermediate = false, accept, dial, certificate }: Options = {}) {
  const pki = pkiOf(world);
  const leaf = await pki.leaf({ names: [name], authority: 'public-ca', faults, intermediate });
  const own = certificate === undefined ? {} : { certificate: await pki.clientCertificate(certificate) };
  let accepted: Promise<Outcome<TlsConnection>> | undefined;
  const listener = await world.net.listen(server, 443, (connection) => {
    accepted = acceptTls(connection, { leaf, ...accept }, toolsOf(world, 'server', pki));
  });
  const dialled = await world.net.dial(client, { ip: server.ip, port: 443 });
  if (!dialled.ok || !accepted) throw new Error('no connection');
  const outcome = await dialTls(
    dialled.value,
    { serverName: name, trust: ['public-ca'], ...own, ...dial },
    toolsOf(world, 'client', pki),
  );
  await listener[Symbol.asyncDispose]();
  return { world, client: outcome, server: accepted } satisfies Talk;
}

const opened = (outcome: Outcome<TlsConnection>): TlsConnection => {
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
};
// A bare expression inside toMatchObject matches anything.
const like = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
const mutual = { clientCertificate: 'required', clientAuthorities: ['connector-ca'] } as const;
const story = (events: readonly TraceEvent[]) =>
  events.map((event) => {
    if (event.type === 'tls.established') return `${event.by} established ${event.data.version}`;
    if (event.type === 'tls.failed') return `${event.by} failed ${event.data.code} ${event.data.alert}`;
    return `${event.by} ${event.type}`;
  });

test('both ends agree on version, cipher, protocol and names', async () => {
  await using world = startWorld();
  const { client: outcome, server: accepted } = await talk(world, {
    accept: { alpn: ['http/1.1'] },
    dial: { alpn: ['h2', 'http/1.1'] },
  });
  const here = opened(outcome);
  const there = opened(await accepted);
  expect(here).toMatchObject({ version: 'TLSv1.3', alpn: 'http/1.1', serverName: name });
  expect(there).toMatchObject({ version: 'TLSv1.3', alpn: 'http/1.1', serverName: name, peer: null });
  expect(here.cipher).toBe(there.cipher);
  const [mine, theirs] = world.trace.events.filter(({ type }) => type === 'tls.established');
  expect(mine?.data).toEqual({
    conn: here.connection.id,
    role: 'client',
    serverName: name,
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: 'http/1.1',
    peer: {
      subject: `CN=${name}, O=paclab`,
      issuer: 'CN=public-ca, O=paclab',
      names: [name],
      notBefore: '2026-02-28T00:00:00.000Z',
      notAfter: '2026-04-16T00:00:00.000Z',
      key: 'EC P-256',
      chain: 1,
      along: [],
    },
    own: null,
  });
  expect(theirs?.data).toMatchObject({ role: 'server', peer: null, own: { names: [name] } });
});

test('plain text crosses, and one closed direction leaves the other open', async () => {
  await using world = startWorld();
  const { client: outcome, server: accepted } = await talk(world);
  const here = opened(outcome).stream;
  const there = opened(await accepted).stream;
  let heard = '';
  there.on('data', (chunk) => (heard += String(chunk)));
  there.on('end', () => there.end(`heard ${heard}`));
  here.end('hello');
  let answer = '';
  here.on('data', (chunk) => (answer += String(chunk)));
  await once(here, 'end');
  expect(answer).toBe('heard hello');
});

test.each([
  ['expired', 'tls.expired', /ended 2026-03-01/],
  ['not-yet-valid', 'tls.expired', /valid from 2026-03-04/],
  ['wrong-name', 'tls.name', /another-host\.example.*not for tenant/],
  ['no-san', 'tls.name', /no subject alternative name/],
  ['self-signed', 'tls.untrusted', /self-signed/],
  ['weak', 'tls.weak', /RSA of 1024 bits/],
  ['missing-intermediate', 'tls.untrusted', /public-ca intermediate/],
  ['untrusted', 'tls.untrusted', /CN=unknown-ca/],
] as const)('a client says of a leaf that is %s: %s', async (fault, code, detail) => {
  await using world = startWorld();
  const { client: outcome, server: accepted } = await talk(world, { faults: [fault] });
  expect(outcome).toMatchObject({ ok: false, failure: { code, detail: like(detail) } });
  expect(await accepted).toMatchObject({ ok: false, failure: { code: 'tcp.closed' } });
  const [failed] = world.trace.events.filter(({ type }) => type === 'tls.failed');
  expect(failed?.data).toMatchObject({ role: 'client', code, alert: null, peer: { chain: 1 } });
  expect(world.trace.events.some(({ type }) => type === 'tls.established')).toBe(false);
});

test('an intermediate that is sent along leads to the root', async () => {
  await using world = startWorld();
  const { client: outcome } = await talk(world, { intermediate: true });
  expect(opened(outcome).peer).toMatchObject({ issuer: 'CN=public-ca intermediate, O=paclab', chain: 2 });
  expect(opened(outcome).peer?.along).toEqual([
    {
      subject: 'CN=public-ca intermediate, O=paclab',
      issuer: 'CN=public-ca, O=paclab',
      names: [],
      notBefore: expect.any(String) as string,
      notAfter: expect.any(String) as string,
      key: 'EC P-256',
    },
  ]);
});

test('a certificate expires by the clock of the lab', async () => {
  await using world = startWorld();
  const leaf = await pkiOf(world).leaf({ names: [name], authority: 'public-ca' });
  expect((await talk(world, { accept: { leaf } })).client.ok).toBe(true);
  await world.clock.sleep(46 * 86_400_000);
  expect((await talk(world, { accept: { leaf } })).client).toMatchObject({ failure: { code: 'tls.expired' } });
});

test('a client that trusts another authority by PEM accepts what it issued, and nothing else', async () => {
  await using world = startWorld();
  const { pem } = await pkiOf(world).authority('inspection-ca');
  const substitute = await pkiOf(world).leaf({ names: [name], authority: 'inspection-ca' });
  expect((await talk(world, { accept: { leaf: substitute }, dial: { trust: [pem] } })).client.ok).toBe(true);
  expect((await talk(world, { dial: { trust: [pem] } })).client).toMatchObject({ failure: { code: 'tls.untrusted' } });
});

test('an address is verified as an address and not sent as a server name', async () => {
  await using world = startWorld();
  const leaf = await pkiOf(world).leaf({ names: [name, server.ip], authority: 'public-ca' });
  const { client: outcome } = await talk(world, { accept: { leaf }, dial: { serverName: server.ip } });
  expect(opened(outcome).serverName).toBeNull();
  expect((await talk(world, { dial: { serverName: server.ip } })).client).toMatchObject({
    failure: { code: 'tls.name' },
  });
});

test('the server picks its certificate by the name the client sends', async () => {
  await using world = startWorld();
  const pki = pkiOf(world);
  const leafFor = (wanted: string) =>
    wanted === 'unknown.example' ? undefined : pki.leaf({ names: [wanted], authority: 'public-ca' });
  const { client: outcome } = await talk(world, { accept: { leafFor }, dial: { serverName: 'other.example' } });
  expect(opened(outcome).peer?.names).toEqual(['other.example']);
  const fallback = await talk(world, { accept: { leafFor }, dial: { serverName: 'unknown.example' } });
  expect(fallback.client).toMatchObject({ failure: { code: 'tls.name' } });
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)('a client certificate arrives under %s', async (version) => {
  await using world = startWorld();
  const { server: accepted } = await talk(world, {
    accept: { ...mutual, maxVersion: version },
    certificate: 'connector',
  });
  expect(opened(await accepted)).toMatchObject({
    version,
    peer: { subject: 'CN=connector, O=paclab', issuer: 'CN=connector-ca, O=paclab' },
    peerFailure: null,
  });
  // The authority is the server's own: it did not come over the wire.
  expect(opened(await accepted).peer).toMatchObject({ chain: 1, along: [] });
});

test('without a client certificate the handshake fails under TLS 1.2', async () => {
  await using world = startWorld();
  const { client: outcome, server: accepted } = await talk(world, { accept: { ...mutual, maxVersion: 'TLSv1.2' } });
  const detail = 'without the certificate it asked for, the peer sent the alert handshake_failure';
  expect(outcome).toEqual({ ok: false, failure: { code: 'tls.alert', detail } });
  expect(await accepted).toMatchObject({ failure: { code: 'tls.untrusted', detail: like(/no certificate/) } });
  expect(story(world.trace.events)).toEqual([
    'net tcp.opened',
    'server failed tls.untrusted handshake_failure',
    'server tcp.fin',
    'client failed tls.alert handshake_failure',
    'client tcp.fin',
  ]);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'an alert of a server that asked for nothing is just that: %s',
  async (version) => {
    await using world = startWorld();
    const limits = { maxVersion: version, signatures: 'RSA+SHA256' };
    const { client: outcome } = await talk(world, { accept: limits, dial: { signatures: 'ECDSA+SHA256' } });
    const detail = 'the peer sent the alert handshake_failure';
    expect(outcome).toEqual({ ok: false, failure: { code: 'tls.alert', detail } });
  },
);

test('without a client certificate the alert comes after the handshake under TLS 1.3', async () => {
  await using world = startWorld();
  const { client: outcome, server: accepted } = await talk(world, { accept: mutual });
  const { stream } = opened(outcome);
  const [error] = (await once(stream, 'error')) as [Error];
  expect(tlsFailure(error)).toEqual({ code: 'tls.alert', detail: 'the peer sent the alert certificate_required' });
  expect(await accepted).toMatchObject({ failure: { code: 'tls.untrusted' } });
  expect(story(world.trace.events)).toEqual([
    'net tcp.opened',
    'client established TLSv1.3',
    'server failed tls.untrusted certificate_required',
    'server tcp.fin',
    'client failed tls.alert certificate_required',
    'client tcp.fin',
  ]);
});

test('a server that only accepts client certificates goes on without one, and says what is wrong with a strange one', async () => {
  await using world = startWorld();
  const asking = { ...mutual, clientCertificate: 'accept' } as const;
  const without = await talk(world, { accept: asking });
  expect(opened(await without.server)).toMatchObject({ peer: null, peerFailure: null });
  const strange = await talk(world, {
    accept: { ...asking, clientAuthorities: ['public-ca'] },
    certificate: 'connector',
  });
  expect(opened(await strange.server)).toMatchObject({
    peer: { subject: 'CN=connector, O=paclab' },
    peerFailure: { code: 'tls.untrusted' },
  });
  const refused = await talk(world, {
    accept: { ...mutual, clientAuthorities: ['public-ca'] },
    certificate: 'connector',
  });
  expect(await refused.server).toMatchObject({ failure: { code: 'tls.untrusted' } });
});

test('ends that share no version part with the alert of the protocol', async () => {
  await using world = startWorld();
  const { client: outcome } = await talk(world, {
    accept: { minVersion: 'TLSv1.3' },
    dial: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.2' },
  });
  expect(outcome).toMatchObject({ failure: { code: 'tls.alert', detail: like(/protocol_version/) } });
  const [failed] = world.trace.events.filter(({ type }) => type === 'tls.failed');
  expect(failed?.data).toMatchObject({ role: 'server', code: 'tls.protocol', alert: 'protocol_version' });
});

test('ends that share no cipher, or no protocol, part with an alert', async () => {
  await using world = startWorld();
  const ciphers = await talk(world, {
    accept: { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
    dial: { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
  });
  expect(ciphers.client).toMatchObject({ failure: { code: 'tls.alert', detail: like(/handshake_failure/) } });
  const protocols = await talk(world, { accept: { alpn: ['http/1.1'] }, dial: { alpn: ['h2'] } });
  expect(protocols.client).toMatchObject({ failure: { code: 'tls.alert', detail: like(/no_application_protocol/) } });
});

test('TLS 1.0 can be spoken where a scenario asks for it', async () => {
  await using world = startWorld();
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1' } as const;
  expect(opened((await talk(world, { accept: old, dial: old })).client).version).toBe('TLSv1');
});

/** A peer that does something else than TLS. */
async function against(
  world: World,
  peer: (connection: Connection) => void,
  options: Partial<DialTlsOptions> = {},
): Promise<Outcome<TlsConnection>> {
  await world.net.listen(server, 443, peer);
  const dialled = await world.net.dial(client, { ip: server.ip, port: 443 });
  if (!dialled.ok) throw new Error('no connection');
  return dialTls(dialled.value, { serverName: name, trust: ['public-ca'], ...options }, toolsOf(world, 'client'));
}

test.each([
  [
    'answers in plain text',
    'tls.protocol',
    (connection: Connection) => void connection.write('HTTP/1.1 400 Bad\r\n\r\n'),
  ],
  ['closes', 'tcp.closed', (connection: Connection) => void connection.resume().once('data', () => connection.end())],
  ['resets', 'tcp.reset', (connection: Connection) => void connection.once('data', () => connection.reset())],
] satisfies [string, string, (connection: Connection) => void][])(
  'a peer that %s gives %s',
  async (_what, code, peer) => {
    await using world = startWorld();
    expect(await against(world, peer)).toMatchObject({ ok: false, failure: { code } });
    expect(world.trace.events.filter(({ type }) => type === 'tls.failed')).toHaveLength(1);
  },
);

test('a peer that is silent costs the limit in lab time', async () => {
  await using world = startWorld();
  const outcome = await against(world, (connection) => void connection.resume(), { timeout: 30_000 });
  expect([outcome.ok, world.clock.now()]).toEqual([false, 30_000]);
});

test('a client that speaks plain HTTP to a TLS port makes the server fail', async () => {
  await using world = startWorld();
  const leaf = await pkiOf(world).leaf({ names: [name], authority: 'public-ca' });
  let accepted: Promise<Outcome<TlsConnection>> | undefined;
  await world.net.listen(server, 443, (connection) => {
    accepted = acceptTls(connection, { leaf }, toolsOf(world, 'server'));
  });
  const dialled = await world.net.dial(client, { ip: server.ip, port: 443 });
  if (!dialled.ok) throw new Error('no connection');
  dialled.value.write('GET / HTTP/1.1\r\n\r\n');
  expect(await accepted).toMatchObject({ failure: { code: 'tls.protocol', detail: 'http request' } });
});

test('reset sends RST on the connection below; destroying the stream destroys the connection', async () => {
  await using world = startWorld();
  const first = await talk(world);
  const there = opened(await first.server);
  const broken = once(there.connection, 'error') as Promise<[NodeJS.ErrnoException]>;
  opened(first.client).reset();
  expect((await broken)[0].code).toBe('ECONNRESET');
  const second = await talk(world);
  const { stream, connection } = opened(second.client);
  stream.destroy();
  await once(stream, 'close');
  expect(connection.destroyed).toBe(true);
});

const keysOf = ({ trace }: World) => trace.events.filter(({ type }) => type === 'tls.keys');

test('with the tap on, the end that dialled writes the secrets down, and without it nobody does', async () => {
  await using tapped = startWorld({}, { bytes: true });
  await talk(tapped);
  const keys = keysOf(tapped);
  expect(keys.map(({ by }) => by)).toEqual(keys.map(() => 'client'));
  expect(keys).toContainEqual(
    expect.objectContaining({ data: { conn: 1, line: expect.stringMatching(/^CLIENT_TRAFFIC_SECRET_0 \w+ \w+$/) } }),
  );
  await using quiet = startWorld();
  await talk(quiet);
  expect(keysOf(quiet)).toEqual([]);
});

test('with the tap on, the lab writes down what a program outside it sends, and the secrets it shares with it', async () => {
  await using world = startWorld({}, { bytes: true });
  const pki = createPki({ date: () => Date.now(), activity: world.activity });
  const leaf = await pki.leaf({ names: ['other.example'], authority: 'public-ca' });
  const named = await pki.leaf({ names: [name], authority: 'public-ca' });
  let heard: Promise<unknown> | undefined;
  const listener = await world.net.listen(server, 443, (connection) => {
    heard = once(connection, 'end');
    void acceptTls(connection, { leaf, leafFor: () => named }, toolsOf(world, 'server', pki)).then((accepted) =>
      opened(accepted).stream.resume(),
    );
  });
  const { pem } = await pki.authority('public-ca');
  const socket = tlsConnect({ ...listener.real, servername: name, ca: [pem] });
  await once(socket, 'secureConnect');
  socket.end('x');
  await heard;
  socket.destroy();
  const said = world.trace.events.filter(({ by }) => by === 'outside').map(({ type }) => type);
  expect(said).toContain('tcp.data');
  expect(said.at(-1)).toBe('tcp.fin');
  expect(keysOf(world).map(({ by }) => by)).toContain('server');
});

test("a program outside the lab speaks to it with the lab's authority as its root", async () => {
  await using world = startWorld();
  const pki = createPki({ date: () => Date.now(), activity: world.activity });
  const leaf = await pki.leaf({ names: [name], authority: 'public-ca' });
  const listener = await world.net.listen(server, 443, (connection) => {
    void acceptTls(connection, { leaf }, toolsOf(world, 'server', pki));
  });
  const { pem } = await pki.authority('public-ca');
  const socket = tlsConnect({ ...listener.real, servername: name, ca: [pem] });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
});

test('the events of a handshake come in the same order in every run', async () => {
  const cases: Options[] = [
    {},
    { accept: { maxVersion: 'TLSv1.2' } },
    { accept: mutual, certificate: 'connector' },
    { accept: mutual },
    { accept: { ...mutual, maxVersion: 'TLSv1.2' } },
    { faults: ['expired'] },
    { faults: ['expired'], accept: { maxVersion: 'TLSv1.2' } },
  ];
  for (const options of cases) {
    const seen = new Set<string>();
    for (let run = 0; run < 200; run += 1) {
      await using world = startWorld();
      const { client: outcome, server: accepted } = await talk(world, options);
      if (outcome.ok) outcome.value.stream.resume().write('hello');
      const other = await accepted;
      if (other.ok) other.value.stream.resume().end('bye');
      await world.net.settled();
      seen.add(JSON.stringify(world.trace.events));
    }
    expect([...seen]).toHaveLength(1);
  }
}, 60_000);
