/** Captures that would fill memory: of much that is alike a part is kept, and that is said. */
import { expect, test } from 'vitest';

import { diagnose } from '../../src/diagnosis/index.ts';
import { pick } from '../../src/trace/view.ts';
import { pcapOf, read } from './kit.ts';

const ip = (protocol: number, from: number[], to: number[], payload: Buffer): Buffer => {
  const head = Buffer.alloc(20);
  head.writeUInt8(0x45);
  head.writeUInt16BE(20 + payload.length, 2);
  head.writeUInt8(64, 8);
  head.writeUInt8(protocol, 9);
  head.set(from, 12);
  head.set(to, 16);
  return Buffer.concat([head, payload]);
};

const client = [10, 20, 0, 10];
const proxy = [10, 20, 0, 8];
const server = [10, 20, 0, 2];

interface Said {
  up: boolean;
  seq: number;
  ack: number;
  text?: string;
  flags?: number;
  port?: number;
}

const tcp = ({ up, seq, ack, text = '', flags = 0x10, port = 40_000 }: Said): Buffer => {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(up ? port : 8080);
  head.writeUInt16BE(up ? 8080 : port, 2);
  head.writeUInt32BE(seq, 4);
  head.writeUInt32BE(ack, 8);
  head.writeUInt8(0x50, 12);
  head.writeUInt8(flags, 13);
  return ip(6, up ? client : proxy, up ? proxy : client, Buffer.concat([head, Buffer.from(text)]));
};

const udp = (up: boolean, message: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(up ? 4000 : 53);
  head.writeUInt16BE(up ? 53 : 4000, 2);
  head.writeUInt16BE(8 + message.length, 4);
  return ip(17, up ? client : server, up ? server : client, Buffer.concat([head, message]));
};

const file = (packets: readonly Buffer[]): Buffer =>
  pcapOf(
    packets.map((bytes, index) => ({ at: 1_772_438_400_000 + index, bytes })),
    { link: 101 },
  );

/** One connection, and as many requests as wanted on it. */
function talk(count: number, said: (nth: number) => [string, string]): Buffer[] {
  const packets = [tcp({ up: true, seq: 1, ack: 0, flags: 2 }), tcp({ up: false, seq: 1, ack: 2, flags: 0x12 })];
  let [up, down] = [2, 2];
  for (let nth = 0; nth < count; nth += 1) {
    const [request, answer] = said(nth);
    packets.push(tcp({ up: true, seq: up, ack: down, text: request }));
    up += request.length;
    packets.push(tcp({ up: false, seq: down, ack: up, text: answer }));
    down += answer.length;
  }
  return packets;
}

test('of thousands of requests on one connection some are kept, the last of them always', async () => {
  const last = 4999;
  const packets = talk(last + 1, (nth) => [
    `GET http://h${nth}.example/ HTTP/1.1\r\nHost: h${nth}.example\r\n\r\n`,
    `HTTP/1.1 ${nth === last ? '403 Forbidden' : '200 OK'}\r\nContent-Length: 2\r\n\r\nok`,
  ]);
  const { events, notes } = await read(file(packets));
  const asked = pick(events, 'proxy.request');
  expect(asked.length).toBeLessThan(1100);
  expect(asked.at(-1)?.data.host).toBe(`h${last}.example`);
  expect(notes.find(({ says }) => /a request like many before it/.test(says))?.count).toBe(last + 1 - asked.length);
}, 60_000);

test('a few requests on one connection are all kept', async () => {
  const packets = talk(50, (nth) => [
    `GET http://h${nth}.example/ HTTP/1.1\r\nHost: h${nth}.example\r\n\r\n`,
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  ]);
  const { events } = await read(file(packets));
  expect(pick(events, 'proxy.request')).toHaveLength(50);
});

test('of thousands of names that nobody has some are kept', async () => {
  const question = (nth: number): Buffer => {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(nth);
    head.writeUInt16BE(0x0100, 2);
    head.writeUInt16BE(1, 4);
    const name = Buffer.from(`\u0005${String(nth).padStart(5, 'h')}\u0007example\u0000`, 'latin1');
    return Buffer.concat([head, name, Buffer.of(0, 1, 0, 1)]);
  };
  const packets = Array.from({ length: 5000 }, (_, nth) => {
    const answer = question(nth);
    answer.writeUInt16BE(0x8183, 2);
    return [udp(true, question(nth)), udp(false, answer)];
  });
  const { events, notes } = await read(file(packets.flat()));
  expect(pick(events, 'dns.answer')).toHaveLength(2000);
  expect(notes.find(({ says }) => /a question for a name like many before it/.test(says))?.count).toBe(3000);
}, 60_000);

test('a script is kept as a whole, and what only has the name of one is not', async () => {
  const body = (text: string): string => `${text}${' '.repeat(10_000)}`;
  const answer = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  const script = body('function FindProxyForURL(url, host) { return "PROXY proxy.corp.example:18080"; }');
  const packets = talk(2, (nth) => [
    `GET /${nth === 0 ? 'wpad.dat' : 'jquery.js'} HTTP/1.1\r\nHost: wpad.corp.example\r\n\r\n`,
    answer(nth === 0 ? script : body('var x;')),
  ]);
  const { events } = await read(file(packets));
  expect(pick(events, 'pac.loaded').map(({ data }) => data.length)).toEqual([script.length]);
});

test('a proxy on a port that nobody named is a finding, and one that was named is none', async () => {
  const packets = talk(1, () => [
    'CONNECT tenant.msappproxy.net:443 HTTP/1.1\r\nHost: tenant.msappproxy.net:443\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
  ]).map((bytes) => {
    const moved = Buffer.from(bytes);
    for (const at of [20, 22]) if (moved.readUInt16BE(at) === 8080) moved.writeUInt16BE(18_080, at);
    return moved;
  });
  const ids = async (options = {}): Promise<string[]> =>
    diagnose((await read(file(packets), options)).events).map(({ id }) => id);
  expect(await ids()).toContain('diag-unknown-proxy-port');
  expect(await ids({ proxies: ['10.20.0.8:18080'] })).not.toContain('diag-unknown-proxy-port');
  expect(await ids({ filter: 'tcp.port==18080' })).not.toContain('diag-unknown-proxy-port');
});

test('a file of nothing but interfaces is a mistake of the file', async () => {
  const section = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex');
  const one = Buffer.from('0100000014000000010000000000000014000000', 'hex');
  const file = Buffer.concat([section, ...Array.from({ length: 5000 }, () => one)]);
  await expect(read(file)).rejects.toThrow(/more than 4096 interfaces/);
});
