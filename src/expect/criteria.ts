/** Several values against several matchers, and the list of which fit. */
import { matchesValue, sayMatcher } from '../matcher.ts';
import type { Compare, Matcher } from '../matcher.ts';
import type { Judged } from './expectation.ts';

export interface Criterion {
  name: string;
  wanted: Matcher;
  value: unknown;
  passed: boolean;
}

export const criterion = (name: string, wanted: Matcher, value: unknown, compare?: Compare): Criterion => ({
  name,
  wanted,
  value,
  passed: matchesValue(wanted, value, compare),
});

/** `✓ host "a", ✗ status 403, expected 407`. */
export const sayTicks = (criteria: readonly Criterion[]): string =>
  criteria
    .map(({ name, wanted, value, passed }) =>
      passed ? `✓ ${name} ${say(value)}` : `✗ ${name} ${say(value)}, expected ${sayMatcher(wanted)}`,
    )
    .join('; ');

/** What is wanted, in words: `status 407, schemes ["basic"]`. */
export const sayWanted = (criteria: readonly Pick<Criterion, 'name' | 'wanted'>[]): string =>
  criteria.map(({ name, wanted }) => `${name} ${sayMatcher(wanted)}`).join(', ');

export const fitting = (criteria: readonly Criterion[]): number => criteria.filter(({ passed }) => passed).length;

/** A value of the trace as a person reads it. */
export const say = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

/** The verdict on one subject, `proxy` or `tls`, of which several values are wanted. */
export const judgeCriteria = (subject: string, criteria: readonly Criterion[], evidence: number[]): Judged => ({
  passed: criteria.every(({ passed }) => passed),
  expected: `${subject} ${sayWanted(criteria)}`,
  actual: `${evidence.length > 0 ? `event ${evidence.join(', ')}: ` : ''}${sayTicks(criteria)}`,
  evidence,
});

/** Upper and lower case count the same, as in names of schemes and hosts. */
export const anyCase: Compare = (literal, value) =>
  typeof literal === 'string' && typeof value === 'string'
    ? literal.toLowerCase() === value.toLowerCase()
    : literal === value;
