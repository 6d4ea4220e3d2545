import { expect, test } from 'vitest';

import { decode, encode, replyTo } from '../../src/dns/message.ts';
import type { Message } from '../../src/dns/message.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';
import { eventsOf, resolverIn, serve } from './kit.ts';

const corp = {
  suffix: 'corp.example',
  records: {
    'wpad.corp.example': { A: '10.20.0.5', ttl: 60 },
    'dual.corp.example': { A: ['10.20.0.8', '10.20.0.9'], AAAA: '2001:db8::8' },
    'www.corp.example': { CNAME: 'wpad.corp.example', ttl: 10 },
    'v6.corp.example': { AAAA: '2001:db8::6' },
    'zero.corp.example': { A: '10.20.0.6', ttl: 0 },
    'long.corp.example': { A: '10.20.0.7', ttl: 2 ** 31 - 1 },
    'corp.example': { SOA: { minimum: 30 } },
  },
};

const asked = (world: World): string[] =>
  eventsOf(world, 'dns.query').map(({ at, data }) => `${at} ${data.name} ${data.qtype} ${data.transport}`);

test('finds the address of a name, and tells of it once', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect(await resolverIn(world).resolve('wpad.corp.example')).toEqual({
    ok: true,
    value: { name: 'wpad.corp.example', addresses: ['10.20.0.5'], asked: ['wpad.corp.example'] },
  });
  expect(world.trace.events.map(({ type, by }) => `${type} ${by}`)).toEqual([
    'dns.query dns',
    'dns.answer dns',
    'dns.resolved service',
  ]);
  expect(eventsOf(world, 'dns.resolved')[0]?.data).toEqual({
    client: 'service',
    name: 'wpad.corp.example',
    asked: ['wpad.corp.example'],
    addresses: ['10.20.0.5'],
    failure: null,
  });
});

test('asks for both families at once, on one socket, in order', async () => {
  await using world = startWorld({}, { bytes: true });
  await using _dns = await serve(world, corp);
  const got = await resolverIn(world).resolve('dual.corp.example', { qtypes: ['A', 'AAAA'] });
  expect(got).toMatchObject({ value: { addresses: ['10.20.0.8', '10.20.0.9', '2001:db8::8'] } });
  expect(asked(world)).toEqual(['0 dual.corp.example A udp', '0 dual.corp.example AAAA udp']);
  const sent = eventsOf(world, 'udp.data').filter(({ by }) => by === 'service');
  expect(new Set(sent.map(({ data }) => data.from)).size).toBe(1);
  expect(new Set(eventsOf(world, 'dns.query').map(({ data }) => data.id)).size).toBe(2);
});

test('one family is enough', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const resolver = resolverIn(world);
  expect(await resolver.resolve('v6.corp.example', { qtypes: ['A', 'AAAA'] })).toMatchObject({ ok: true });
  expect(await resolver.resolve('v6.corp.example')).toMatchObject({ failure: { code: 'dns.nodata' } });
});

test('follows aliases', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect(await resolverIn(world).resolve('WWW.corp.example')).toMatchObject({ value: { addresses: ['10.20.0.5'] } });
});

test('an address needs no server', async () => {
  await using world = startWorld();
  for (const address of ['10.20.0.8', '2001:db8::8']) {
    expect(await resolverIn(world).resolve(address)).toMatchObject({ value: { addresses: [address], asked: [] } });
  }
  expect(world.trace.events).toEqual([]);
});

test.each([
  ['nxdomain', 'dns.nxdomain'],
  ['nodata', 'dns.nodata'],
  ['servfail', 'dns.servfail'],
  ['refused', 'dns.servfail'],
  ['silence', 'dns.timeout'],
  ['garbage', 'dns.timeout'],
  ['wrong-id', 'dns.timeout'],
])('%s becomes %s', async (behaviour, code) => {
  await using world = startWorld();
  await using _dns = await serve(world, { ...corp, rules: [{ when: { name: 'wpad.*' }, then: behaviour }] });
  const resolver = resolverIn(world);
  expect(await resolver.resolve('wpad.corp.example')).toMatchObject({ ok: false, failure: { code } });
  expect(eventsOf(world, 'dns.resolved')[0]?.data).toMatchObject({ addresses: [], failure: code });
  expect(await resolver.resolve('dual.corp.example')).toMatchObject({ ok: true });
});

test.each([
  ['windows', [0, 1000, 2000, 4000, 8000], 10_000],
  ['glibc', [0, 5000], 10_000],
  ['chromium', [0, 1000], 12_000],
] as const)('%s asks a silent server at %j and gives up at %i ms', async (profile, times, end) => {
  await using world = startWorld();
  await using _dns = await serve(world, { ...corp, behaviour: 'silence' });
  const resolver = resolverIn(world, { profile });
  expect(await resolver.resolve('wpad.corp.example', { search: false })).toMatchObject({
    failure: { code: 'dns.timeout' },
  });
  expect(eventsOf(world, 'dns.query').map(({ at }) => at)).toEqual(times);
  expect(world.clock.now()).toBe(end);
});

test('a server that is not there costs the same as one that is silent', async () => {
  await using world = startWorld();
  expect(await resolverIn(world).resolve('wpad.corp.example')).toMatchObject({ failure: { code: 'dns.timeout' } });
  expect(world.clock.now()).toBe(10_000);
});

test('a lost answer costs one wait', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, { ...corp, rules: [{ when: { nth: 1 }, then: 'silence' }] });
  expect(await resolverIn(world).resolve('wpad.corp.example')).toMatchObject({ ok: true });
  expect(asked(world)).toEqual(['0 wpad.corp.example A udp', '1000 wpad.corp.example A udp']);
});

test('an answer that comes after the next try still counts', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, { ...corp, behaviour: { kind: 'slow', by: '1500ms' } });
  expect(await resolverIn(world).resolve('wpad.corp.example')).toMatchObject({ ok: true });
  expect(world.clock.now()).toBe(1500);
  expect(asked(world)).toHaveLength(2);
});

test('glibc asks again after SERVFAIL, Windows does not', async () => {
  const times = async (profile: 'glibc' | 'windows'): Promise<number> => {
    await using world = startWorld();
    await using _dns = await serve(world, { ...corp, behaviour: 'servfail' });
    await resolverIn(world, { profile }).resolve('wpad.corp.example', { search: false });
    expect(world.clock.now()).toBe(0);
    return asked(world).length;
  };
  expect([await times('glibc'), await times('windows')]).toEqual([2, 1]);
});

test('a limit ends the wait early', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, { ...corp, behaviour: { kind: 'slow', by: '900ms' } });
  const resolver = resolverIn(world, { profile: 'glibc' });
  expect(await resolver.resolve('wpad.corp.example', { limit: 1000 })).toMatchObject({ ok: true });
  expect(await resolver.resolve('dual.corp.example', { limit: 800 })).toMatchObject({
    failure: { code: 'dns.timeout' },
  });
  expect(world.clock.now()).toBe(1700);
});

test('the search list is walked until a name has an address', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const search = ['other.example', 'corp.example', 'third.example'];
  expect(await resolverIn(world, { search }).resolve('wpad')).toMatchObject({
    value: { name: 'wpad.corp.example', asked: ['wpad.other.example', 'wpad.corp.example'] },
  });
});

test('the search ends at once when the server is silent on Windows, and goes on to the bare name with glibc', async () => {
  const names = async (profile: 'glibc' | 'windows'): Promise<unknown> => {
    await using world = startWorld();
    await using _dns = await serve(world, { ...corp, behaviour: 'silence' });
    await resolverIn(world, { profile, search: ['corp.example'] }).resolve('wpad');
    return [eventsOf(world, 'dns.resolved')[0]?.data.asked, world.clock.now()];
  };
  expect(await names('windows')).toEqual([['wpad.corp.example'], 10_000]);
  expect(await names('glibc')).toEqual([['wpad.corp.example', 'wpad'], 20_000]);
});

test('devolution finds what the parent zone has, when it is on', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const suffix = 'dept.corp.example';
  expect(await resolverIn(world, { suffix, devolution: true }).resolve('wpad')).toMatchObject({
    value: { asked: ['wpad.dept.corp.example', 'wpad.corp.example'] },
  });
  expect(await resolverIn(world, { suffix }).resolve('wpad')).toMatchObject({ failure: { code: 'dns.nxdomain' } });
});

test('an address is remembered for its TTL, and no longer', async () => {
  await using world = startWorld();
  await using dns = await serve(world, corp);
  const resolver = resolverIn(world);
  const address = async (): Promise<unknown> => {
    const got = await resolver.resolve('wpad.corp.example');
    return got.ok && got.value.addresses[0];
  };
  expect(await address()).toBe('10.20.0.5');
  dns.setRecords({ 'wpad.corp.example': { A: ['10.20.0.66'], ttl: 60 } });
  await world.clock.sleep(59_999);
  expect(await address()).toBe('10.20.0.5');
  await world.clock.sleep(1);
  expect(await address()).toBe('10.20.0.66');
  expect(eventsOf(world, 'dns.resolved').map(({ data }) => data.asked.length)).toEqual([1, 0, 1]);
});

test('the shortest TTL of a chain of aliases counts', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const resolver = resolverIn(world);
  await resolver.resolve('www.corp.example');
  await world.clock.sleep(10_000);
  await resolver.resolve('www.corp.example');
  expect(asked(world)).toHaveLength(2);
});

test('a name that does not exist is remembered as long as the SOA says', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const resolver = resolverIn(world);
  for (const wait of [0, 29_999, 1]) {
    await world.clock.sleep(wait);
    expect(await resolver.resolve('nope.corp.example')).toMatchObject({ failure: { code: 'dns.nxdomain' } });
  }
  expect(asked(world).map((line) => line.split(' ')[0])).toEqual(['0', '30000']);
});

test('TTL 0 is not remembered, and the longest TTL is cut to a day on Windows', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const resolver = resolverIn(world);
  for (const name of ['zero.corp.example', 'zero.corp.example', 'long.corp.example']) await resolver.resolve(name);
  expect(asked(world)).toHaveLength(3);
  await world.clock.sleep(86_399_000);
  await resolver.resolve('long.corp.example');
  expect(asked(world)).toHaveLength(3);
  await world.clock.sleep(1000);
  await resolver.resolve('long.corp.example');
  expect(asked(world)).toHaveLength(4);
});

test('failures of the server are never remembered', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, { ...corp, rules: [{ when: { first: 1 }, then: 'servfail' }] });
  const resolver = resolverIn(world);
  expect(await resolver.resolve('wpad.corp.example')).toMatchObject({ ok: false });
  expect(await resolver.resolve('wpad.corp.example')).toMatchObject({ ok: true });
});

test('nothing is remembered by glibc, with the cache off, or after a flush', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const twice = async (resolver: ReturnType<typeof resolverIn>, between = (): void => undefined): Promise<number> => {
    const before = asked(world).length;
    await resolver.resolve('wpad.corp.example');
    between();
    await resolver.resolve('wpad.corp.example');
    return asked(world).length - before;
  };
  const flushed = resolverIn(world);
  expect(await twice(resolverIn(world, { profile: 'glibc' }))).toBe(2);
  expect(await twice(resolverIn(world, { cache: false }))).toBe(2);
  expect(await twice(flushed, () => flushed.flush())).toBe(2);
  expect(await twice(resolverIn(world))).toBe(1);
});

test('TC leads to TCP, and a server that is silent there to the next try', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, {
    ...corp,
    rules: [
      { when: { transport: 'tcp', nth: 1 }, then: 'silence' },
      { when: { transport: 'udp' }, then: 'truncated' },
    ],
  });
  expect(await resolverIn(world).resolve('wpad.corp.example')).toMatchObject({ value: { addresses: ['10.20.0.5'] } });
  expect(asked(world).map((line) => line.split(' ').at(-1))).toEqual(['udp', 'tcp', 'udp', 'tcp']);
  const fins = eventsOf(world, 'tcp.fin').map(({ by, data }) => `${by} ${data.conn}`);
  expect(fins).toEqual(['service 1', 'dns 1', 'service 2', 'dns 2']);
});

test('TC without TCP is no answer', async () => {
  await using world = startWorld({ rules: [{ when: { to: '*:53', protocol: 'tcp' }, then: 'reject' }] });
  await using _dns = await serve(world, { ...corp, behaviour: 'truncated' });
  expect(await resolverIn(world).resolve('wpad.corp.example')).toMatchObject({ failure: { code: 'dns.timeout' } });
  expect(eventsOf(world, 'tcp.refused').length).toBeGreaterThan(0);
});

test('an answer from another address, or to another question, is not believed', async () => {
  await using world = startWorld();
  const answers: Message['answers'] = ['wpad', 'honest', 'other'].map((name) => ({
    type: 'A',
    name: `${name}.corp.example`,
    ttl: 1,
    address: '10.20.0.5',
  }));
  using liar = await world.net.datagrams(host('10.20.0.66'), 53, () => undefined);
  using asked = await world.net.datagrams(host('10.20.0.2'), 53, (bytes, from) => {
    const decoded = decode(bytes);
    if (!decoded.ok) return;
    const reply = replyTo(decoded.message, { answers });
    const [question] = reply.questions;
    if (question?.name === 'honest.corp.example') asked.send(encode(reply), from);
    else if (question?.name === 'other.corp.example')
      asked.send(encode({ ...reply, questions: [{ name: 'another.corp.example', qtype: 'A' }] }), from);
    else liar.send(encode(reply), from);
  });
  const resolver = resolverIn(world);
  const codeOf = async (name: string): Promise<unknown> => {
    const got = await resolver.resolve(name);
    return got.ok ? 'ok' : got.failure.code;
  };
  expect(await codeOf('wpad.corp.example')).toBe('dns.timeout');
  expect(await codeOf('other.corp.example')).toBe('dns.timeout');
  expect(await codeOf('honest.corp.example')).toBe('ok');
});

test('the same story gives the same events', async () => {
  const story = async (): Promise<string> => {
    await using world = startWorld();
    await using _dns = await serve(world, { ...corp, rules: [{ when: { every: 2 }, then: 'truncated' }] });
    const resolver = resolverIn(world, { search: ['other.example', 'corp.example'] });
    for (const name of ['wpad', 'dual', 'nope']) await resolver.resolve(name, { qtypes: ['A', 'AAAA'] });
    await world.net.settled();
    return JSON.stringify(world.trace.events);
  };
  const first = await story();
  for (let run = 0; run < 20; run += 1) expect(await story()).toBe(first);
});
