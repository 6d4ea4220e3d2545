/**
 * A value in a scenario is a literal or one matcher: `{ matches: regex }`, `{ contains: part }`, `{ oneOf: [...] }`,
 * `{ between: [low, high] }`, `{ not: literal or matcher }`.
 */
import { z } from 'zod';

const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Literal = z.output<typeof literal>;

export type Matcher =
  | Literal
  | Literal[]
  | { matches: string }
  | { contains: Literal }
  | { oneOf: Literal[] }
  | { between: [number, number] }
  | { not: Matcher };

const regex = z.string().superRefine((text, context) => {
  try {
    RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

export const matcher: z.ZodType<Matcher> = z.lazy(() =>
  z.union([
    literal,
    z.array(literal),
    z.strictObject({ matches: regex }),
    z.strictObject({ contains: literal }),
    z.strictObject({ oneOf: z.array(literal) }),
    z.strictObject({ between: z.tuple([z.number(), z.number()]) }),
    z.strictObject({ not: matcher }),
  ]),
);

/** How a bare literal is compared; `when` clauses read host names as globs. */
export type Compare = (literal: Literal, value: unknown) => boolean;

const same: Compare = (literal, value) => literal === value;

/** Whether a value satisfies a matcher. Lists are equal when their items are, in any order. */
export function matchesValue(wanted: Matcher, value: unknown, compare: Compare = same): boolean {
  if (wanted === null || typeof wanted !== 'object') return compare(wanted, value);
  if (Array.isArray(wanted)) return sameItems(wanted, value, compare);
  if ('matches' in wanted) return typeof value === 'string' && new RegExp(wanted.matches).test(value);
  if ('contains' in wanted) return contains(value, wanted.contains);
  if ('oneOf' in wanted) return wanted.oneOf.some((option) => compare(option, value));
  if ('between' in wanted) return typeof value === 'number' && value >= wanted.between[0] && value <= wanted.between[1];
  return !matchesValue(wanted.not, value, compare);
}

/** The matcher in words: `one of 80, 443`. */
export function sayMatcher(wanted: Matcher): string {
  if (wanted === null || typeof wanted !== 'object' || Array.isArray(wanted)) return JSON.stringify(wanted);
  if ('matches' in wanted) return `a match of /${wanted.matches}/`;
  if ('contains' in wanted) return `something with ${JSON.stringify(wanted.contains)}`;
  if ('oneOf' in wanted) return `one of ${wanted.oneOf.map((option) => JSON.stringify(option)).join(', ')}`;
  if ('between' in wanted) return `between ${wanted.between[0]} and ${wanted.between[1]}`;
  return `not ${sayMatcher(wanted.not)}`;
}

function contains(value: unknown, part: Literal): boolean {
  if (typeof value === 'string') return value.includes(String(part));
  return Array.isArray(value) && value.includes(part);
}

function sameItems(wanted: Literal[], value: unknown, compare: Compare): boolean {
  if (!Array.isArray(value) || value.length !== wanted.length) return false;
  const left = [...value] as unknown[];
  return wanted.every((item) => {
    const index = left.findIndex((candidate) => compare(item, candidate));
    if (index < 0) return false;
    left.splice(index, 1);
    return true;
  });
}
