import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import type { Finding } from '../../src/finding.ts';
import type { EventMap } from '../../src/trace/events.ts';
import { Story } from '../kit/events.ts';
import { blocksIn, dissect, optionsIn, readCapture } from '../kit/pcapng.ts';
import { fc } from '../kit/properties.ts';

const client = '10.20.0.10:49153';
const server = '203.0.113.10:443';
const opened = (from = client, to = server): EventMap['tcp.opened'] => ({ conn: 1, from, to });
const data = (dir: 'up' | 'down', bytes: Uint8Array | string): EventMap['tcp.data'] => {
  const sent = Buffer.from(bytes);
  return { conn: 1, dir, length: sent.length, bytes: sent.toString('base64') };
};
const begin = (): Story =>
  new Story().write('lab.started', { scenario: 'x', clock: 'virtual', date: '2026-03-02T08:00:00Z' }, 'lab');

const open = ({ events }: Story, findings: Finding[] = []) => readCapture(toPcapng({ title: 'x', events, findings }));
const packetsOf = (story: Story) => open(story).packets.map(dissect);
const flagsOf = (story: Story): string[] => packetsOf(story).map(({ flags }) => flags);

const finding = (evidence: number[]): Finding => ({
  id: 'tls-untrusted-ca',
  title: 'Not trusted',
  severity: 'error',
  confidence: 'certain',
  why: 'Because.',
  fix: 'Trust it.',
  refutedIf: 'never',
  alternatives: [],
  evidence,
});

test('a connection is SYN, SYN-ACK, ACK, its bytes with acknowledgements, and FIN from both', () => {
  const story = begin()
    .write('tcp.opened', opened())
    .write('tcp.data', data('up', 'ping'))
    .write('tcp.data', data('down', 'pong!'))
    .write('tcp.fin', { conn: 1, dir: 'up' })
    .write('tcp.fin', { conn: 1, dir: 'down' });
  const packets = packetsOf(story);
  expect(packets.map(({ flags }) => flags)).toEqual(['S', 'SA', 'A', 'PA', 'A', 'PA', 'A', 'FA', 'A', 'FA', 'A']);
  const [syn, answer] = packets;
  const up = packets.filter(({ from }) => from === client).map(({ seq }) => seq - (syn?.seq ?? 0));
  const down = packets.filter(({ from }) => from === server).map(({ seq }) => seq - (answer?.seq ?? 0));
  expect(up).toEqual([0, 1, 1, 5, 5, 6]);
  expect(down).toEqual([0, 1, 1, 6, 6]);
  const last = packets.at(-1);
  expect([(last?.seq ?? 0) - (syn?.seq ?? 0), (last?.ack ?? 0) - (answer?.seq ?? 0)]).toEqual([6, 7]);
});

test('whatever is written arrives in segments of at most 1460 bytes, every checksum holds, and time only grows', () => {
  const writes = fc.array(fc.tuple(fc.constantFrom('up', 'down'), fc.uint8Array({ maxLength: 5000 })), {
    maxLength: 8,
  });
  const ends = fc.constantFrom(
    ['10.20.0.10:49153', '203.0.113.10:443'],
    ['[2001:db8::a]:49153', '[2001:db8:1::8]:443'],
    ['10.20.0.10:49153', '[2001:db8:1::8]:443'],
  );
  fc.assert(
    fc.property(ends, writes, ([from = '', to = ''], written) => {
      const story = begin().write('tcp.opened', opened(from, to));
      for (const [dir, bytes] of written) story.write('tcp.data', data(dir, bytes));
      const { packets } = open(story);
      const seen = packets.map(dissect);
      const [syn] = seen;
      for (const dir of ['up', 'down']) {
        const sent = Buffer.concat(written.filter(([each]) => each === dir).map(([, bytes]) => bytes));
        const shown = seen.filter((packet) => (packet.from === syn?.from) === (dir === 'up'));
        expect(Buffer.concat(shown.map(({ payload }) => payload)).equals(sent)).toBe(true);
      }
      expect(seen.every(({ sumsHold, payload }) => sumsHold && payload.length <= 1460)).toBe(true);
      expect(packets.every(({ time }, index) => index === 0 || time > (packets[index - 1]?.time ?? 0))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('times are the date of the lab; packets of one millisecond are a microsecond apart', () => {
  const story = begin().write('tcp.opened', opened()).pass(21_000).write('tcp.data', data('up', 'x'));
  const times = open(story).packets.map(({ time }) => time - Date.parse('2026-03-02T08:00:00Z') * 1000);
  expect(times).toEqual([0, 1, 2, 21_000_000, 21_000_001]);
});

test('a SYN that nobody answers is sent again as it was, and nothing comes back', () => {
  const story = begin();
  for (const retransmission of [0, 1, 2]) {
    story.write('tcp.syn', { from: client, to: server, retransmission, simulated: true }).pass(3000);
  }
  const packets = packetsOf(story);
  expect(packets.map(({ flags }) => flags)).toEqual(['S', 'S', 'S']);
  expect(new Set(packets.map(({ seq, from }) => `${seq} ${from}`)).size).toBe(1);
  expect(flagsOf(begin().write('tcp.opened', opened()))).toEqual(['S', 'SA', 'A']);
});

describe('a refused connection', () => {
  test('is answered with RST that acknowledges the SYN', () => {
    const story = begin().write('tcp.refused', { from: client, to: server, how: 'rst', simulated: true });
    const [syn, rst] = packetsOf(story);
    expect([syn?.flags, rst?.flags, rst?.from, (rst?.ack ?? 0) - (syn?.seq ?? 0)]).toEqual(['S', 'RA', server, 1]);
  });

  test.each([
    [client, server, [3, 13], 1],
    ['[2001:db8::a]:49153', '[2001:db8::b]:443', [1, 1], 58],
  ])('or with ICMP that quotes it: %s', (from, to, codes, protocol) => {
    const story = begin().write('tcp.refused', { from, to, how: 'icmp-prohibited', simulated: true });
    const [syn, message] = open(story).packets;
    if (!syn || !message) throw new Error('packets are missing');
    const icmp = dissect(message);
    expect([icmp.protocol, icmp.sumsHold]).toEqual([protocol, true]);
    expect(icmp.payload.equals(syn.bytes.subarray(14))).toBe(true);
    const ip = message.bytes.subarray(14);
    expect([...ip.subarray(icmp.version === 4 ? 20 : 40).subarray(0, 2)]).toEqual(codes);
  });
});

test('a reset ends the connection: no FIN follows it, and bytes to that end are answered with RST', () => {
  const story = begin()
    .write('tcp.opened', opened())
    .write('tcp.rst', { conn: 1, dir: 'down' })
    .write('tcp.data', data('up', 'late'))
    .write('tcp.fin', { conn: 1, dir: 'up' });
  expect(flagsOf(story)).toEqual(['S', 'SA', 'A', 'RA', 'PA', 'RA']);
});

test('datagrams keep their ports and bytes', () => {
  const bytes = Buffer.from([0, 7, 1, 0]).toString('base64');
  const story = begin().write('udp.data', { from: '10.20.0.10:49154', to: '10.20.0.2:53', length: 4, bytes });
  expect(packetsOf(story)).toMatchObject([
    { protocol: 17, from: '10.20.0.10:49154', to: '10.20.0.2:53', payload: Buffer.from([0, 7, 1, 0]), sumsHold: true },
  ]);
});

test('keys stand before the packets that they open, and nowhere when there are none', () => {
  const line = 'CLIENT_RANDOM 00 11';
  const { types, secrets } = open(begin().write('tcp.opened', opened()).write('tls.keys', { conn: 1, line }));
  expect(secrets).toBe(`${line}\n`);
  expect(types).toEqual([0x0a0d0d0a, 1, 10, 6, 6, 6]);
  expect(open(begin().write('tcp.opened', opened())).types).toEqual([0x0a0d0d0a, 1, 6, 6, 6]);
});

test('comments name the events at their packets, and the findings at those they rest on', () => {
  const lookup = {
    client: '10.20.0.10',
    server: '10.20.0.2',
    name: 'a.example',
    qtype: 'A',
    transport: 'udp',
  } as const;
  const datagram = { length: 4, bytes: Buffer.from([0, 7, 1, 0]).toString('base64') };
  const story = begin()
    .write('udp.data', { from: '10.20.0.10:1', to: '10.20.0.2:53', ...datagram })
    .write('dns.query', { ...lookup, id: 7 }, 'dns')
    .write('dns.answer', { ...lookup, id: 7, rcode: 'NXDOMAIN', answers: [] }, 'dns')
    .write('udp.data', { to: '10.20.0.10:1', from: '10.20.0.2:53', ...datagram }, 'dns')
    .write('tcp.opened', opened(), 'net')
    .write('tcp.data', data('up', 'request'))
    .write('tcp.data', data('down', 'hello'), 'host')
    .write('http.request', { conn: 1, host: 'a', method: 'GET', target: '/', headers: [] }, 'host')
    .write('http.response', { conn: 1, host: 'a', target: '/', status: 200, headers: [], length: 0 }, 'host')
    .write('tcp.data', data('down', 'answer'), 'host')
    .write('client.routes', { client: 'service', request: 1, routes: [], why: '' });
  const { packets, comments } = open(story, [finding([10, 12])]);
  expect(packets.flatMap((packet) => packet.comments)).toEqual([
    'event 2: udp.data by client:service\nevent 3: dns.query by dns',
    'event 4: dns.answer by dns\nevent 5: udp.data by dns',
    'event 6: tcp.opened by net',
    'event 7: tcp.data by client:service\nevent 9: http.request by host',
    'event 8: tcp.data by host',
    [
      'event 10: http.response by host',
      'event 11: tcp.data by host',
      'event 12: client.routes by client:service',
      'finding tls-untrusted-ca: Not trusted',
    ].join('\n'),
  ]);
  expect(comments).toEqual(['x\nfinding tls-untrusted-ca: Not trusted. Because. (events 10, 12)']);
  expect(open(story).packets.at(-2)?.comments.join()).not.toMatch(/finding|client.routes/);
});

test('a comment that is too long for its block is cut between two characters', () => {
  const title = '→'.repeat(40_000);
  const [header] = blocksIn(toPcapng({ title, events: [] }));
  const [comment] = optionsIn(header?.body ?? Buffer.of(), 16);
  expect(comment?.value.length).toBe(65_535);
  expect(title.startsWith(comment?.value.toString() ?? '?')).toBe(true);
});

test('a trace without bytes still shows who connected to whom, and one without connections is an empty file', () => {
  const { events } = begin().write('tcp.opened', opened());
  expect(readCapture(toPcapng({ title: 'x', events })).packets).toHaveLength(3);
  expect(readCapture(toPcapng({ title: 'x', events: [] })).packets).toEqual([]);
});
