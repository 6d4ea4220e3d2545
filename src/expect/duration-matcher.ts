/** A matcher over durations: `21s`, `{ between: [20s, 25s] }`, `{ oneOf: [0s, 21s] }`, `{ not: 0s }`. */
import { z } from 'zod';

import { duration, sayDuration } from '../duration.ts';
import { matchesValue } from '../matcher.ts';
import type { Matcher } from '../matcher.ts';
import type { Judged } from './expectation.ts';

const plain = z.union([
  duration,
  z.strictObject({ between: z.tuple([duration, duration]) }),
  z.strictObject({ oneOf: z.array(duration) }),
]);

/** Text with units in, a matcher over milliseconds out. */
export const durationMatcher = z.union([plain, z.strictObject({ not: plain })]);

type DurationMatcher = z.output<typeof durationMatcher>;

export const judgeDuration = (wanted: DurationMatcher, ms: number, evidence: number[]): Judged => ({
  passed: matchesValue(wanted satisfies Matcher, ms),
  expected: `${sayWanted(wanted)} of lab time`,
  actual: sayDuration(ms) === `${ms} ms` ? `${ms} ms` : `${sayDuration(ms)} (${ms} ms)`,
  evidence,
});

function sayWanted(wanted: DurationMatcher): string {
  if (typeof wanted === 'number') return sayDuration(wanted);
  if ('between' in wanted) return `${sayDuration(wanted.between[0])} to ${sayDuration(wanted.between[1])}`;
  if ('oneOf' in wanted) return wanted.oneOf.map(sayDuration).join(' or ');
  return `not ${sayWanted(wanted.not)}`;
}
