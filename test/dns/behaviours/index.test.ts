import { readdirSync } from 'node:fs';

import { expect, test } from 'vitest';

import type { DnsBehaviour } from '../../../src/dns/behaviour.ts';
import { behaviours } from '../../../src/dns/behaviours/index.ts';
import { decode, encode, queryFor } from '../../../src/dns/message.ts';
import { kindOf } from '../../../src/registry.ts';
import { startWorld } from '../../kit/world.ts';
import type { World } from '../../kit/world.ts';
import { askUdp, eventsOf, resolverIn, sendUdp, serve } from '../kit.ts';

/** A server where the behaviour meets `bad.test`, and `good.test` is its healthy twin. */
const serveWith = (world: World, behaviour: unknown, when: object = {}): ReturnType<typeof serve> =>
  serve(world, {
    records: { 'bad.test': { A: '10.20.0.5' }, 'good.test': { A: '10.20.0.6' } },
    rules: [{ when: { name: 'bad.*', ...when }, then: behaviour }],
  });

const says = (world: World): string[] =>
  eventsOf(world, 'lab.behaviour').map(({ data }) => `${data.kind}: ${data.says}`);

/** The twin is answered, and nothing is said about it. */
const twinIsWell = async (world: World): Promise<void> => {
  const before = says(world).length;
  expect(await askUdp(world, 'good.test', 'A')).toMatchObject({
    rcode: 'NOERROR',
    answers: [{ address: '10.20.0.6' }],
  });
  expect(says(world)).toHaveLength(before);
};

test('every file is in the list, under its own name', () => {
  const files = readdirSync(new URL('../../../src/dns/behaviours', import.meta.url)).map((file) =>
    file.replace('.ts', ''),
  );
  expect(behaviours.map(kindOf)).toEqual(files.filter((file) => file !== 'index'));
});

test('every behaviour says what it does', () => {
  for (const behaviour of behaviours as readonly DnsBehaviour[]) {
    const options = behaviour.options.parse(
      kindOf(behaviour) === 'slow' ? { kind: 'slow', by: '2s' } : { kind: kindOf(behaviour) },
    );
    expect(behaviour.explain(options)).toMatch(/^[a-z].*[^.]$/);
    expect(behaviour.summary).toMatch(/^[A-Z].*\.$/);
  }
});

test.each([
  ['nxdomain', { rcode: 'NXDOMAIN', answers: [], authority: [{ type: 'SOA' }] }, 'answers NXDOMAIN'],
  ['nodata', { rcode: 'NOERROR', answers: [], authority: [{ type: 'SOA' }] }, 'answers NOERROR without data'],
  ['servfail', { rcode: 'SERVFAIL', answers: [], authority: [], authoritative: false }, 'answers SERVFAIL'],
  ['refused', { rcode: 'REFUSED', answers: [], authority: [] }, 'answers REFUSED'],
  ['healthy', { rcode: 'NOERROR', answers: [{ address: '10.20.0.5' }] }, 'answers from the records'],
])('%s', async (kind, answer, said) => {
  await using world = startWorld();
  await using _dns = await serveWith(world, kind);
  expect(await askUdp(world, 'bad.test', 'A')).toMatchObject(answer);
  expect(says(world)).toEqual([`${kind}: ${said}`]);
  await twinIsWell(world);
});

test('silence: the question is heard and nothing comes back', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, 'silence');
  expect(await sendUdp(world, encode(queryFor(1, 'bad.test', 'A')))).toEqual([]);
  expect(eventsOf(world, 'dns.query')).toHaveLength(1);
  expect(eventsOf(world, 'dns.answer')).toEqual([]);
  expect(says(world)).toEqual(['silence: never answers']);
  await twinIsWell(world);
});

test('truncated: TC over UDP, and the client finds the rest over TCP', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, 'truncated');
  expect(await askUdp(world, 'bad.test', 'A')).toMatchObject({ truncated: true, answers: [] });
  expect(await resolverIn(world).resolve('bad.test')).toMatchObject({ value: { addresses: ['10.20.0.5'] } });
  expect(eventsOf(world, 'dns.answer').map(({ data }) => [data.transport, data.truncated, data.answers])).toEqual([
    ['udp', true, []],
    ['udp', true, []],
    ['tcp', undefined, ['10.20.0.5']],
  ]);
  await twinIsWell(world);
});

test('slow: right, but late', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, { kind: 'slow', by: '700ms' });
  expect(await resolverIn(world).resolve('bad.test')).toMatchObject({ ok: true });
  expect(world.clock.now()).toBe(700);
  expect(says(world)).toEqual(['slow: answers 700 ms late']);
  await twinIsWell(world);
});

test('answer: forged records instead of those of the zone, for names that do not exist too', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, { kind: 'answer', A: '198.51.100.7', ttl: 5 });
  const forged = { rcode: 'NOERROR', answers: [{ type: 'A', ttl: 5, address: '198.51.100.7' }] };
  expect(await askUdp(world, 'bad.test', 'A')).toMatchObject(forged);
  expect(await askUdp(world, 'bad.nowhere', 'A')).toMatchObject(forged);
  expect(await askUdp(world, 'bad.test', 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  expect(says(world)[0]).toBe('answer: answers with A 198.51.100.7');
  await twinIsWell(world);
});

test('answer: a forged alias is followed', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, { kind: 'answer', CNAME: 'good.test' });
  expect(await resolverIn(world).resolve('bad.test')).toMatchObject({ value: { addresses: ['10.20.0.6'] } });
});

test('wrong-id: the client does not believe it', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, 'wrong-id', { first: 1 });
  expect(await resolverIn(world).resolve('bad.test')).toMatchObject({ ok: true });
  const [first, second] = eventsOf(world, 'dns.answer');
  const asked = eventsOf(world, 'dns.query')[0]?.data.id ?? 0;
  expect([first?.data.id, second?.data.id]).toEqual([asked ^ 0xffff, asked]);
  expect(world.clock.now()).toBe(1000);
  await twinIsWell(world);
});

test('garbage: the right id, and no message', async () => {
  await using world = startWorld();
  await using _dns = await serveWith(world, 'garbage', { first: 1 });
  const [reply] = await sendUdp(world, encode(queryFor(4711, 'bad.test', 'A')));
  expect(reply && decode(reply)).toMatchObject({ ok: false, id: 4711, response: true });
  expect(eventsOf(world, 'dns.answer')[0]?.data).toMatchObject({ rcode: 'MALFORMED', answers: [] });
  await twinIsWell(world);
});

test('a rule matches name, type, client and transport, and keeps its schedule', async () => {
  await using world = startWorld();
  await using dns = await serveWith(world, 'refused', { qtype: 'AAAA', client: '10.20.0.*', transport: 'udp', nth: 2 });
  const rcodes = async (): Promise<string[]> => [
    (await askUdp(world, 'bad.test', 'A')).rcode,
    (await askUdp(world, 'bad.test', 'AAAA')).rcode,
    (await askUdp(world, 'BAD.test', 'AAAA')).rcode,
    (await askUdp(world, 'bad.test', 'AAAA')).rcode,
  ];
  expect(await rcodes()).toEqual(['NOERROR', 'NOERROR', 'REFUSED', 'NOERROR']);
  dns.change([{ when: { client: '192.0.2.1' }, then: { kind: 'refused' } }]);
  expect(await rcodes()).toEqual(['NOERROR', 'NOERROR', 'NOERROR', 'NOERROR']);
});
