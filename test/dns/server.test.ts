import { expect, test } from 'vitest';

import { wallClock } from '../../src/clock.ts';
import { eachMessage, framed } from '../../src/dns/framing.ts';
import { decode, encode, queryFor, replyTo } from '../../src/dns/message.ts';
import type { Message } from '../../src/dns/message.ts';
import type { Connection } from '../../src/net/connection.ts';
import { host, startWorld } from '../kit/world.ts';
import type { World } from '../kit/world.ts';
import { askUdp, client, eventsOf, sendUdp, serve } from './kit.ts';

const corp = {
  suffix: 'corp.example',
  records: {
    'wpad.corp.example': { A: '10.20.0.5', ttl: 300 },
    'proxy.corp.example': { A: ['10.20.0.8', '10.20.0.9'] },
    'www.corp.example': { CNAME: 'proxy.corp.example' },
    'zero.corp.example': { A: '10.20.0.6', ttl: 0 },
    'long.corp.example': { A: '10.20.0.7', ttl: 2 ** 31 - 1 },
    'text.corp.example': { TXT: 'x'.repeat(700) },
  },
};

const dial = async (world: World): Promise<Connection> => {
  const outcome = await world.net.dial(client, { ip: '10.20.0.2', port: 53 });
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
};

const hearing = (connection: Connection): Message[] => {
  const heard: Message[] = [];
  eachMessage(connection, (bytes) => {
    const decoded = decode(bytes);
    if (decoded.ok) heard.push(decoded.message);
  });
  return heard;
};

test('answers over UDP with the flags of a recursive server that owns the name', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect(await askUdp(world, 'wPaD.corp.EXAMPLE', 'A')).toEqual({
    id: 4711,
    response: true,
    opcode: 0,
    authoritative: true,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: true,
    rcode: 'NOERROR',
    questions: [{ name: 'wPaD.corp.EXAMPLE', qtype: 'A' }],
    answers: [{ type: 'A', name: 'wPaD.corp.EXAMPLE', ttl: 300, address: '10.20.0.5' }],
    authority: [],
    edns: null,
  });
  expect(eventsOf(world, 'dns.query').map(({ by, data }) => ({ by, ...data }))).toEqual([
    {
      by: 'dns',
      server: '10.20.0.2',
      client: '10.20.0.10',
      name: 'wPaD.corp.EXAMPLE',
      qtype: 'A',
      transport: 'udp',
      id: 4711,
    },
  ]);
  expect(eventsOf(world, 'dns.answer')[0]?.data).toMatchObject({ rcode: 'NOERROR', answers: ['10.20.0.5'], id: 4711 });
});

test('TTL 0 and 2^31-1 arrive as they are', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect((await askUdp(world, 'zero.corp.example', 'A')).answers[0]?.ttl).toBe(0);
  expect((await askUdp(world, 'long.corp.example', 'A')).answers[0]?.ttl).toBe(2 ** 31 - 1);
});

test('NXDOMAIN carries the SOA; OPT is answered with OPT', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect(await askUdp(world, 'nope.corp.example', 'A', 4096)).toMatchObject({
    rcode: 'NXDOMAIN',
    authority: [{ type: 'SOA', name: 'corp.example' }],
    edns: { udpSize: 1232 },
  });
});

test('an answer over 512 bytes is truncated, unless the client can take it', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect(await askUdp(world, 'text.corp.example', 'TXT')).toMatchObject({ truncated: true, answers: [] });
  expect(await askUdp(world, 'text.corp.example', 'TXT', 1232)).toMatchObject({
    truncated: false,
    answers: [{ strings: ['x'.repeat(255), 'x'.repeat(255), 'x'.repeat(190)] }],
  });
  expect(eventsOf(world, 'dns.answer').map(({ data }) => data.truncated)).toEqual([true, undefined]);
});

test('a packet too short to be a message gets FORMERR when its id is known, and silence when not', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  expect((await sendUdp(world, Buffer.from([0x12, 0x34, 0x01]))).map((reply) => decode(reply))).toMatchObject([
    { ok: true, message: { id: 0x1234, response: true, rcode: 'FORMERR' } },
  ]);
  expect(await sendUdp(world, Buffer.from([0x12]))).toEqual([]);
  expect(await sendUdp(world, Buffer.alloc(0))).toEqual([]);
  expect(eventsOf(world, 'dns.query')).toEqual([]);
});

test('an answer is never answered, whole or broken', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const answer = encode(replyTo(queryFor(1, 'wpad.corp.example', 'A')));
  expect(await sendUdp(world, answer)).toEqual([]);
  expect(await sendUdp(world, answer.subarray(0, 20))).toEqual([]);
  expect(await sendUdp(world, answer.subarray(0, 3))).toEqual([]);
  answer[2] = 0x01;
  expect(await sendUdp(world, answer)).toHaveLength(1);
});

test('what is no plain question is refused by name: two questions, none, another opcode', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const query = queryFor(1, 'wpad.corp.example', 'A');
  const rcodeOf = async (message: Message): Promise<unknown> => {
    const [reply] = await sendUdp(world, encode(message));
    const decoded = reply && decode(reply);
    return decoded?.ok && decoded.message.rcode;
  };
  expect(await rcodeOf({ ...query, questions: [...query.questions, ...query.questions] })).toBe('FORMERR');
  expect(await rcodeOf({ ...query, questions: [] })).toBe('FORMERR');
  expect(await rcodeOf({ ...query, opcode: 5 })).toBe('NOTIMP');
});

test('answers several questions on one TCP connection, in pieces or at once', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  const connection = await dial(world);
  const heard = hearing(connection);
  const first = framed(encode(queryFor(1, 'wpad.corp.example', 'A')));
  for (const cut of [first.subarray(0, 1), first.subarray(1, 2), first.subarray(2, 20), first.subarray(20)]) {
    connection.write(cut);
    await world.net.settled();
  }
  expect(heard.map(({ id }) => id)).toEqual([1]);
  connection.write(Buffer.concat([2, 3].map((id) => framed(encode(queryFor(id, 'text.corp.example', 'TXT'))))));
  connection.end();
  await world.net.settled();
  expect(heard.map(({ id, truncated }) => [id, truncated])).toEqual([
    [1, false],
    [2, false],
    [3, false],
  ]);
  expect(connection.readableEnded).toBe(true);
});

test('closes at once with an idle TCP client, and frees its address', async () => {
  await using world = startWorld();
  const dns = await serve(world, corp);
  const connection = await dial(world);
  const closed = new Promise((resolve) => connection.once('end', resolve).once('close', resolve).resume());
  const began = wallClock();
  await dns[Symbol.asyncDispose]();
  await closed;
  await dns[Symbol.asyncDispose]();
  expect(wallClock() - began).toBeLessThan(500);
  await using again = await serve(world, corp);
  expect(again.address).toBe('10.20.0.2:53');
});

test('an answer that was still to come is dropped when the server stops', async () => {
  await using world = startWorld();
  const dns = await serve(world, { ...corp, behaviour: { kind: 'slow', by: '10s' } });
  expect(await sendUdp(world, encode(queryFor(1, 'wpad.corp.example', 'A')))).toEqual([]);
  await dns[Symbol.asyncDispose]();
  await world.clock.sleep(20_000);
  expect(eventsOf(world, 'dns.answer')).toEqual([]);
});

test('clients may be told different things, by name and by address', async () => {
  await using world = startWorld();
  const rules = [
    { when: { client: '10.20.0.10' }, then: 'nxdomain' },
    { when: { client: '10.30.0.0/16' }, then: { kind: 'answer', A: '10.99.0.1' } },
  ];
  await using _dns = await serve(world, { ...corp, rules });
  const seen: string[] = [];
  for (const ip of ['10.20.0.10', '10.30.7.7', '10.20.0.11']) {
    using socket = await world.net.datagrams(host(ip), 0, (reply) => {
      const decoded = decode(reply);
      if (!decoded.ok) return;
      const { rcode, answers } = decoded.message;
      seen.push([rcode, ...answers.map((record) => (record.type === 'A' ? record.address : record.type))].join(' '));
    });
    socket.send(encode(queryFor(1, 'wpad.corp.example', 'A')), '10.20.0.2:53');
    await world.net.settled();
  }
  expect(seen).toEqual(['NXDOMAIN', 'NOERROR 10.99.0.1', 'NOERROR 10.20.0.5']);
});

test('two servers cannot have one address', async () => {
  await using world = startWorld();
  await using _dns = await serve(world, corp);
  await expect(serve(world, corp)).rejects.toThrow('10.20.0.2:53');
});

test('rules and records change while it runs', async () => {
  await using world = startWorld();
  await using dns = await serve(world, { ...corp, behaviour: 'refused' });
  const rcode = async (name: string): Promise<string> => (await askUdp(world, name, 'A')).rcode;
  expect(await rcode('wpad.corp.example')).toBe('REFUSED');
  dns.change([]);
  expect(await rcode('wpad.corp.example')).toBe('NOERROR');
  dns.setRecords({ 'WPAD.corp.example': { A: ['10.20.0.66'], ttl: 1 }, 'www.corp.example': null });
  expect((await askUdp(world, 'wpad.corp.example', 'A')).answers).toMatchObject([{ address: '10.20.0.66' }]);
  expect(await rcode('www.corp.example')).toBe('NXDOMAIN');
  expect(await rcode('proxy.corp.example')).toBe('NOERROR');
  expect(dns.names('10.20.0.66')).toEqual(['wpad.corp.example']);
  expect(dns.names('10.20.0.5')).toEqual([]);
});

test('knows the names of an address for the firewall', async () => {
  await using world = startWorld();
  await using dns = await serve(world, corp);
  expect(dns.names('10.20.0.8')).toEqual(['proxy.corp.example', 'www.corp.example']);
  expect(dns.addressesOf('www.corp.example')).toEqual(['10.20.0.8', '10.20.0.9']);
});

test('programs outside the lab can ask it', async () => {
  await using world = startWorld();
  await using dns = await serve(world, corp);
  expect(dns.real.udp).toMatchObject({ host: '127.0.0.1' });
  expect(dns.real.tcp.port).toBeGreaterThan(0);
});
