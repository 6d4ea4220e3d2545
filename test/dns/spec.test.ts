import { expect, test } from 'vitest';
import { z } from 'zod';

import { dnsSpec } from '../../src/dns/spec.ts';

const mistakes = (spec: unknown): string[] =>
  (dnsSpec.safeParse(spec).error?.issues ?? []).map(({ path, message }) => `${path.join('/')}: ${message}`);

test('takes one record or a list, and fills in the rest', () => {
  expect(dnsSpec.parse({ suffix: 'corp.example', records: { 'Wpad.corp.example.': { A: '10.20.0.5' } } })).toEqual({
    address: '10.20.0.2',
    suffix: 'corp.example',
    records: { 'Wpad.corp.example.': { A: ['10.20.0.5'], ttl: 300 } },
    rules: [],
  });
});

test('a word is short for a behaviour without options', () => {
  const spec = dnsSpec.parse({ rules: [{ when: { name: 'wpad.*' }, then: 'nxdomain' }], behaviour: 'silence' });
  expect(spec.rules).toEqual([{ when: { name: 'wpad.*' }, then: { kind: 'nxdomain' } }]);
  expect(spec.behaviour).toEqual({ kind: 'silence' });
});

test('each mistake is named at its place', () => {
  const records = (value: unknown): unknown => ({ records: { 'a.test': value } });
  expect(mistakes(records({ A: '10.20.0.256' }))).toEqual(['records/a.test/A: not an IPv4 address']);
  expect(mistakes(records({ AAAA: ['2001:db8::1', '10.0.0.1'] }))).toEqual([
    'records/a.test/AAAA/1: not an IPv6 address',
  ]);
  expect(mistakes(records({ CNAME: 'b.test', A: '10.0.0.1' }))).toEqual([
    'records/a.test/CNAME: a name with a CNAME has no other records',
  ]);
  expect(mistakes({ records: { 'a.test': {}, 'A.Test.': {} } })).toEqual([
    "records/A.Test.: 'A.Test.' and 'a.test' are the same name",
  ]);
  expect(mistakes({ records: { 'a b.test': {} } })).toEqual([
    expect.stringMatching(/^records\/a b.test: a host name has labels/),
  ]);
  expect(mistakes(records({ ttl: -1 }))).toHaveLength(1);
  expect(mistakes(records({ ttl: 2 ** 31 }))).toHaveLength(1);
  expect(mistakes(records({ a: '10.0.0.1' }))).toEqual([expect.stringMatching(/Unrecognized key: "a"/)]);
  expect(mistakes({ rules: [{ then: { kind: 'slow' } }] })).toEqual([expect.stringMatching(/^rules\/0\/then\/by/)]);
  expect(mistakes({ rules: [{ when: { host: 'x' }, then: 'nxdomain' }] })).toEqual([
    expect.stringMatching(/Unrecognized key: "host"/),
  ]);
  expect(mistakes({ address: 'dns.corp.example' })).toHaveLength(1);
});

test('has a JSON Schema', () => {
  expect(z.toJSONSchema(dnsSpec, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false });
});
