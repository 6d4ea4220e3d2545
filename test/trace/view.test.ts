import { expect, test } from 'vitest';

import { eventTypes } from '../../src/trace/catalogue.ts';
import { eventFields } from '../../src/trace/fields.ts';
import { eventsOfStep, header, seqs, settingsOf, viewOf } from '../../src/trace/view.ts';
import { service, story } from '../kit/events.ts';

test('the same list gives the same view until it grows', () => {
  const { events } = story();
  const before = viewOf(events);
  expect(viewOf(events)).toBe(before);
  events.push({ ...events[0]!, seq: 2 });
  expect(viewOf(events)).not.toBe(before);
  expect(viewOf(events).events).toHaveLength(2);
  expect(before.events).toHaveLength(1);
});

test('events are found by type, by number, by range and by connection', () => {
  const told = story().lookup('a.example', '10.0.0.1');
  const conn = told.open('10.0.0.1:80');
  told.write('tcp.fin', { conn, dir: 'up' });
  const view = viewOf(told.events.filter(({ seq }) => seq !== 2));
  expect(seqs(view.ofType('dns.answer'))).toEqual([3]);
  expect(view.ofType('dns.query')).toEqual([]);
  expect([view.event(3)?.type, view.event(2)]).toEqual(['dns.answer', undefined]);
  expect(seqs(view.between(2, 4))).toEqual([3, 4]);
  expect(seqs(view.between(2, Infinity))).toEqual([3, 4, 5, 6]);
  expect(seqs(view.onConnection(conn))).toEqual([5, 6]);
  expect(view.onConnection(99)).toEqual([]);
});

test('a tunnel belongs to both of its connections', () => {
  const told = story().request(service, (request) => request.routes('PROXY p:1').tunnel({ status: 200 }));
  const view = viewOf(told.events);
  const [tunnel] = view.ofType('proxy.tunnel');
  expect(view.onConnection(tunnel!.data.conn)).toContain(tunnel);
  expect(view.onConnection(tunnel!.data.upstream ?? 0)).toContain(tunnel);
});

test('a step has its own events, and only those', () => {
  const told = story()
    .step(0, (inner) => inner.lookup('a.example', '10.0.0.1'))
    .pass(5)
    .step(1, (inner) => inner.lookup('b.example'));
  const names = eventsOfStep(told.events, 1).flatMap((event) => (event.type === 'dns.query' ? [event.data.name] : []));
  expect(names).toEqual(['b.example']);
  expect(eventsOfStep(told.events, 2)).toEqual([]);
});

test('headers go by name in any case, several values joined', () => {
  const headers = [
    ['Via', 'a'],
    ['via', 'b'],
    ['X', 'c'],
  ] as const;
  expect([header(headers, 'VIA'), header(headers, 'y')]).toEqual(['a, b', undefined]);
});

test('the last value of a setting counts', () => {
  const told = story().setting('proxy.proxyaddress', 'a').setting('proxy.proxyaddress', 'b');
  expect(settingsOf(viewOf(told.events)).get('service')?.get('proxy.proxyaddress')?.data.value).toBe('b');
});

test('every event type has its fields listed', () => {
  expect(Object.keys(eventFields).toSorted()).toEqual(Object.keys(eventTypes).toSorted());
});
