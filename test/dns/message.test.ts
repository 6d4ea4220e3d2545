import { expect, test } from 'vitest';

import { decode, encode, formatError, queryFor, replyTo } from '../../src/dns/message.ts';
import type { Message } from '../../src/dns/message.ts';
import { canonicalV6 } from '../../src/net/address.ts';
import type { RecordData, ResourceRecord } from '../../src/dns/record.ts';
import { fc } from '../kit/properties.ts';

const answerWith = (...answers: ResourceRecord[]): Message => replyTo(queryFor(7, 'a.test', 'A'), { answers });

const backAgain = (message: Message): Message => {
  const decoded = decode(encode(message));
  if (!decoded.ok) throw new Error(decoded.why);
  return decoded.message;
};

// Lower case: a name that differs from an earlier one in case alone is compressed to that one.
const label = fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,20}$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const number16 = fc.nat(65_535);
const ttl = fc.nat(2 ** 31 - 1);
const soa = fc.record({
  type: fc.constant('SOA' as const),
  mname: name,
  rname: name,
  serial: fc.nat(2 ** 32 - 1),
  refresh: ttl,
  retry: ttl,
  expire: ttl,
  minimum: ttl,
});
const data: fc.Arbitrary<RecordData> = fc.oneof(
  fc.record({ type: fc.constant('A' as const), address: fc.ipV4() }),
  fc.record({ type: fc.constant('AAAA' as const), address: fc.ipV6().map(canonicalV6) }),
  fc.record({ type: fc.constantFrom('CNAME' as const, 'PTR' as const, 'NS' as const), target: name }),
  fc.record({ type: fc.constant('MX' as const), preference: number16, exchange: name }),
  fc.record({ type: fc.constant('SRV' as const), priority: number16, weight: number16, port: number16, target: name }),
  fc.record({
    type: fc.constant('TXT' as const),
    strings: fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 3 }),
  }),
  soa,
);
const record = fc.tuple(data, name, ttl).map(([data, name, ttl]): ResourceRecord => ({ ...data, name, ttl }));
const message: fc.Arbitrary<Message> = fc.record({
  id: number16,
  response: fc.boolean(),
  opcode: fc.nat(15),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  rcode: fc.constantFrom('NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'RCODE9'),
  questions: fc.array(fc.record({ name, qtype: fc.constantFrom('A', 'AAAA', 'HTTPS', 'ANY', 'TYPE999') }), {
    maxLength: 2,
  }),
  answers: fc.array(record, { maxLength: 3 }),
  authority: fc.array(record, { maxLength: 2 }),
  edns: fc.option(fc.record({ udpSize: number16 })),
});

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(message, (sent) => {
      expect(backAgain(sent)).toEqual(sent);
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('bytes that are no message give a failure, and nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const decoded = decode(Buffer.from(bytes));
      return decoded.ok || decoded.why.length > 0;
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a message with one byte changed, or cut short, is read or refused, never thrown', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.nat(255), fc.nat(), (sent, at, value, end) => {
      const bytes = encode(sent);
      bytes[at % bytes.length] = value;
      decode(bytes);
      decode(bytes.subarray(0, end % bytes.length));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('counts that no packet can hold are refused at once', () => {
  const decoded = decode(Buffer.from('12340100ffffffffffffffff', 'hex'));
  expect(decoded).toMatchObject({ ok: false, id: 0x1234, response: false });
});

test('a compression pointer to itself is refused', () => {
  expect(decode(Buffer.from('123401000001000000000000c00c00010001', 'hex'))).toMatchObject({ ok: false });
});

test('the id is known from two bytes on', () => {
  expect(decode(Buffer.from([1]))).toMatchObject({ ok: false, id: null });
  expect(decode(Buffer.from([1, 2]))).toMatchObject({ ok: false, id: 0x0102 });
  expect(decode(formatError(0x0102))).toMatchObject({
    ok: true,
    message: { id: 0x0102, response: true, rcode: 'FORMERR' },
  });
});

test('a text over 255 bytes becomes several strings, and no character is cut', () => {
  const text = `${'x'.repeat(254)}é${'y'.repeat(300)}`;
  const [read] = backAgain(answerWith({ type: 'TXT', name: 'a.test', ttl: 1, strings: [text, 'short'] })).answers;
  if (read?.type !== 'TXT') throw new Error('no TXT');
  expect(read.strings.map((part) => Buffer.byteLength(part))).toEqual([254, 255, 47, 5]);
  expect(read.strings.slice(0, 3).join('')).toBe(text);
});

test('TTL goes from 0 to 2^31-1', () => {
  for (const ttl of [0, 2 ** 31 - 1]) {
    const read = backAgain(answerWith({ type: 'A', name: 'a.test', ttl, address: '10.0.0.1' }));
    expect(read.answers[0]?.ttl).toBe(ttl);
  }
});

test('a TTL of 2^31 and more counts as 0 (RFC 2181 section 8)', () => {
  for (const ttl of [2 ** 31, 2 ** 32 - 1]) {
    const bytes = encode(answerWith({ type: 'A', name: 'a.test', ttl: 77, address: '10.0.0.1' }));
    // Before the address: two bytes of its length, and four of the TTL.
    bytes.writeUInt32BE(ttl, bytes.indexOf(Buffer.from([0, 0, 0, 77, 0, 4])));
    const read = decode(bytes);
    expect(read.ok && read.message.answers[0]?.ttl).toBe(0);
  }
});

test('the case of a name is kept (0x20)', () => {
  expect(backAgain(queryFor(1, 'wPaD.CoRp.ExAmPlE', 'A')).questions[0]?.name).toBe('wPaD.CoRp.ExAmPlE');
});

test('every way to write an IPv6 address leads to the same one', () => {
  for (const address of ['2001:db8::8', '2001:DB8:0:0:0:0:0:8', '::ffff:10.0.0.1', '::', '::1', '1::']) {
    const [read] = backAgain(answerWith({ type: 'AAAA', name: 'a.test', ttl: 1, address })).answers;
    expect(read).toMatchObject({ address: canonicalV6(address) });
  }
});

test('an OPT record with an option that the codec does not know costs nothing', () => {
  const bytes = encode(queryFor(9, 'a.test', 'A', 4096));
  // A COOKIE option, as dig sends it.
  const cookie = Buffer.from('000a00080102030405060708', 'hex');
  bytes.writeUInt16BE(cookie.length, bytes.length - 2);
  expect(decode(Buffer.concat([bytes, cookie]))).toMatchObject({ ok: true, message: { edns: { udpSize: 4096 } } });
});
