import { describe, expect, test } from 'vitest';

import type { TraceEvent } from '../../src/trace/events.ts';
import { Trace } from '../../src/trace/trace.ts';

/** A trace whose time is the number of the event. */
function numbered(): { trace: Trace; write: (count: number) => void } {
  let now = 0;
  const trace = new Trace(() => now);
  const write = (count: number): void => {
    for (let made = 0; made < count; made += 1) {
      now += 1;
      trace.pen('net').write('tcp.fin', { conn: now, dir: 'up' });
    }
  };
  return { trace, write };
}

const numbersOf = (events: readonly TraceEvent[]): number[] => events.map(({ seq }) => seq);

describe('a trace', () => {
  test('keeps every event in order, whoever reads in between', () => {
    const { trace, write } = numbered();
    write(3);
    const early = trace.events;
    write(2);
    expect(trace.length).toBe(5);
    expect(trace.events).toBe(early);
    expect(trace.events).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({ seq: n, at: n, by: 'net', type: 'tcp.fin', data: { conn: n, dir: 'up' } })),
    );
    expect(Object.keys(trace.events[0] ?? {})).toEqual(['seq', 'at', 'by', 'type', 'data']);
  });

  test('tells listeners each event once, with what they write meanwhile behind it', () => {
    const { trace, write } = numbered();
    write(2);
    const heard: number[] = [];
    const silence = trace.listen(({ seq, type }) => {
      heard.push(seq);
      if (type === 'tcp.fin') trace.pen('lab').write('lab.changed', { path: 'lab', value: null });
    });
    write(2);
    silence();
    write(1);
    expect(heard.toSorted((one, other) => one - other)).toEqual([3, 4, 5, 6]);
    expect(numbersOf(trace.events)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(trace.events.map(({ type }) => type)).toEqual(
      ['fin', 'fin', 'fin', 'changed', 'fin', 'changed', 'fin'].map((type) =>
        type === 'fin' ? 'tcp.fin' : 'lab.changed',
      ),
    );
  });

  test.each([
    ['nobody has read', 0],
    ['somebody has read some', 4],
    ['somebody has read all', 12],
  ])('forgets the oldest when there are more than its limit, and never what the lab is: %s', (_says, read) => {
    const { trace, write } = numbered();
    trace.pen('lab').write('lab.started', { scenario: 'x', clock: 'real', date: '2030-01-01T00:00:00.000Z' });
    trace.limit(10);
    write(read);
    expect(trace.events.length).toBeLessThanOrEqual(10);
    write(25 - read);
    expect(trace.last).toBe(26);
    expect(trace.length).toBeLessThanOrEqual(10);
    expect(trace.length).toBeGreaterThanOrEqual(8);
    const [first, ...others] = trace.events;
    expect(first?.type).toBe('lab.started');
    expect(numbersOf(others)).toEqual(others.map((_, index) => 26 - others.length + 1 + index));
  });

  test('forgets everything but what the lab is', () => {
    const { trace, write } = numbered();
    trace.pen('lab').write('lab.started', { scenario: 'x', clock: 'real', date: '2030-01-01T00:00:00.000Z' });
    write(3);
    trace.forget(Infinity);
    write(1);
    expect(numbersOf(trace.events)).toEqual([1, 5]);
  });

  test('keeps what is put aside in the other trace only', () => {
    const { trace, write } = numbered();
    const aside = trace.putAside(['tcp.fin']);
    write(2);
    trace.pen('lab').write('lab.changed', { path: 'lab', value: null });
    expect(trace.events.map(({ seq, type }) => [seq, type])).toEqual([[1, 'lab.changed']]);
    expect(numbersOf(aside.events)).toEqual([1, 2, 3]);
  });
});
