import { expect, test } from 'vitest';

import { expectSpec, judge } from '../../src/expect/index.ts';
import type { Finding } from '../../src/finding.ts';
import { service, story, viaProxy } from '../kit/events.ts';

const refused = story().request(service, (request) => {
  request.story.lookup('proxy.corp.example', '10.20.0.8');
  request.routes(viaProxy).tunnel({ status: 407, schemes: ['basic'] });
  request.story.pass(1500);
  request.finish(407, viaProxy, { cause: 'proxy.auth' });
});
const seqOf = (type: string) => refused.events.find((event) => event.type === type)?.seq ?? 0;

const finding = (id: string, rest: Partial<Finding> = {}): Finding => ({
  id,
  title: id,
  severity: 'error' as const,
  confidence: 'certain' as const,
  why: '',
  fix: '',
  refutedIf: '',
  alternatives: [],
  evidence: [seqOf('proxy.challenged')],
  ...rest,
});

const at = (path: readonly (string | number)[]) => ({ file: path.join('.'), line: 1, column: 1 });
const judged = (wanted: unknown, findings: Finding[] = []) =>
  judge(expectSpec.parse(wanted), { events: refused.events, findings }, { at });
const passed = (wanted: unknown, findings?: Finding[]) => judged(wanted, findings).map((one) => one.passed);

test('order is a subsequence', () => {
  const [good] = judged({ events: { order: ['dns.query', { 'proxy.request': { port: 443 } }, 'proxy.challenged'] } });
  expect(good).toMatchObject({ passed: true, at: { file: 'events.order' } });
  expect(good?.evidence).toEqual([seqOf('dns.query'), seqOf('proxy.request'), seqOf('proxy.challenged')]);
  const [bad] = judged({ events: { order: ['proxy.challenged', 'dns.query'] } });
  expect(bad).toMatchObject({
    passed: false,
    expected: 'in this order: proxy.challenged, dns.query',
    actual: `1 of 2 came (events ${seqOf('proxy.challenged')}); dns.query came as event ${seqOf('dns.query')}, not after event ${seqOf('proxy.challenged')}`,
  });
  expect(passed({ events: { order: ['dns.query', 'dns.query'] } })).toEqual([false]);
});

test('what did not come is told with the closest event and its ticks', () => {
  const [bad] = judged({ events: { order: [{ 'proxy.response': { method: 'CONNECT', status: 200 } }] } });
  expect(bad?.actual).toBe(
    `0 of 1 came; no proxy.response (method "CONNECT", status 200); closest: event ${seqOf('proxy.response')} ` +
      'proxy.response: ✓ method "CONNECT"; ✗ status 407, expected 200',
  );
  expect(judged({ events: { any: ['proxy.tunnel'] } })[0]?.actual).toBe('no proxy.tunnel in the trace');
});

test('any and never are judged one by one, each at its place', () => {
  const all = judged({ events: { any: ['dns.query', 'proxy.tunnel'], never: ['origin.request', 'proxy.challenged'] } });
  expect(all.map(({ passed, at }) => [passed, at.file])).toEqual([
    [true, 'events.any.0'],
    [false, 'events.any.1'],
    [true, 'events.never.0'],
    [false, 'events.never.1'],
  ]);
  expect(all[3]).toMatchObject({
    actual: `it came as event ${seqOf('proxy.challenged')}`,
    evidence: [seqOf('proxy.challenged')],
  });
});

test('count takes a matcher', () => {
  expect(passed({ events: { count: [{ event: 'dns.query', times: 1 }] } })).toEqual([true]);
  expect(passed({ events: { count: [{ event: 'proxy.tunnel', times: 0 }] } })).toEqual([true]);
  expect(
    judged({ events: { count: [{ event: { 'dns.query': { qtype: 'A' } }, times: { between: [2, 9] } }] } }),
  ).toMatchObject([
    {
      passed: false,
      expected: 'between 2 and 9 times dns.query (qtype "A")',
      actual: `1 times: events ${seqOf('dns.query')}`,
    },
  ]);
});

test('fields are matched nested, header fields by name, and null is null', () => {
  const nested = { any: [{ 'client.finished': { error: { cause: { matches: '^proxy' } }, route: viaProxy } }] };
  expect(passed({ events: nested })).toEqual([true]);
  expect(passed({ events: { any: [{ 'client.finished': { error: null } }] } })).toEqual([false]);
  const plain = story().request('http://a.example/', (request) => request.routes('DIRECT').direct('203.0.113.9:80'));
  const spec = (host: string) => expectSpec.parse({ events: { any: [{ 'origin.request': { headers: { host } } }] } });
  const of = (host: string) => judge(spec(host), { events: plain.events, findings: [] }, { at });
  expect(of('a.example')).toMatchObject([{ passed: true }]);
  expect(of('b.example')[0]?.actual).toContain('✗ headers.host "a.example", expected "b.example"');
});

test('names of events and fields are checked', () => {
  const wrong = (events: unknown) => expectSpec.safeParse({ events }).success;
  expect(wrong({ any: ['dns.query'] })).toBe(true);
  expect(wrong({ any: ['dns.qery'] })).toBe(false);
  expect(wrong({ any: [{ 'dns.query': { nam: 'x' } }] })).toBe(false);
  expect(wrong({ any: [{ 'dns.query': {}, 'dns.answer': {} }] })).toBe(false);
  expect(wrong({ sometimes: ['dns.query'] })).toBe(false);
  expect(expectSpec.safeParse({}).success).toBe(false);
});

test('diagnosis none means no finding at all', () => {
  expect(passed({ diagnosis: 'none' })).toEqual([true]);
  expect(judged({ diagnosis: 'none' }, [finding('a', { severity: 'info' })])).toMatchObject([
    { passed: false, expected: 'no finding', actual: 'found a (info, certain)' },
  ]);
});

test('a diagnosis by its id may have company, alone it may not', () => {
  const two = [finding('a'), finding('b')];
  expect(passed({ diagnosis: 'a' }, two)).toEqual([true]);
  expect(passed({ diagnosis: { id: 'a', alone: true } }, two)).toEqual([false]);
  expect(passed({ diagnosis: { id: 'a', alone: true } }, [finding('a')])).toEqual([true]);
  expect(judged({ diagnosis: 'c' }, two)).toMatchObject([
    { passed: false, expected: 'finding c', actual: 'found a (error, certain), b (error, certain)' },
  ]);
});

test('a diagnosis is held to its severity, confidence and evidence', () => {
  const wanted = { id: 'a', severity: 'error', confidence: 'certain', evidence: ['proxy.challenged'] };
  expect(passed({ diagnosis: wanted }, [finding('a')])).toEqual([true]);
  expect(passed({ diagnosis: { ...wanted, severity: 'info' } }, [finding('a')])).toEqual([false]);
  expect(passed({ diagnosis: { ...wanted, confidence: 'likely' } }, [finding('a')])).toEqual([false]);
  const [bad] = judged({ diagnosis: { ...wanted, evidence: ['dns.query'] } }, [finding('a')]);
  expect(bad?.actual).toContain('✗ evidence ["proxy.challenged"], expected "dns.query"');
});

test('a list of diagnoses is the whole list, in order', () => {
  const two = [finding('a'), finding('b')];
  expect(passed({ diagnosis: ['a', { id: 'b', confidence: 'certain' }] }, two)).toEqual([true]);
  expect(passed({ diagnosis: ['b', 'a'] }, two)).toEqual([false]);
  expect(passed({ diagnosis: ['a'] }, two)).toEqual([false]);
});

test('elapsed is lab time up to the last event, with units', () => {
  expect(passed({ elapsed: '1500ms' })).toEqual([true]);
  expect(passed({ elapsed: { between: ['1s', '2s'] } })).toEqual([true]);
  expect(passed({ elapsed: { not: { oneOf: ['1s', '2s'] } } })).toEqual([true]);
  expect(judged({ elapsed: '21s' })).toMatchObject([
    { passed: false, expected: '21 s of lab time', actual: '1.5 s (1500 ms)' },
  ]);
  expect(expectSpec.safeParse({ elapsed: 1500 }).success).toBe(false);
});
