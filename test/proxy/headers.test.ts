/** Header fields that the trace keeps. */
import { expect, test } from 'vitest';

import { sharing } from '../../src/proxy/headers.ts';
import type { HeaderList } from '../../src/trace/events.ts';
import { fc } from '../kit/properties.ts';

const fields = (): fc.Arbitrary<HeaderList> =>
  fc.array(fc.tuple(fc.constantFrom('Host', 'host', 'Via'), fc.constantFrom('a', 'A', 'b')), { maxLength: 4 });

test('what is kept once says what came, whatever came before', () => {
  fc.assert(
    fc.property(fields(), fields(), (before, now) => {
      const came = structuredClone(now);
      const old = structuredClone(before);
      expect(sharing(before, now)).toEqual(came);
      expect(before).toEqual(old);
    }),
  );
});

test('fields that come again are the same objects, others are not', () => {
  const before: HeaderList = [
    ['Host', 'a'],
    ['Accept', '*/*'],
  ];
  expect(sharing(before, structuredClone(before))).toBe(before);
  const other = sharing(before, [
    ['Host', 'a'],
    ['Accept', 'text/html'],
  ]);
  expect(other[0]).toBe(before[0]);
  expect(other[1]).not.toBe(before[1]);
});
