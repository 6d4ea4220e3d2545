/**
 * zod's issues without unions: of a union's branches only the one that the writer most likely meant speaks. (A union
 * by itself says "Invalid input" and no more.)
 */
import type { z } from 'zod';

import type { Path } from './document.ts';
import { inside } from './shape.ts';

/** An issue with its whole path. Which of the other fields exist depends on the code. */
export interface FlatIssue {
  code: string;
  message: string;
  path: Path;
  expected?: string;
  keys?: readonly string[];
  values?: readonly unknown[];
  options?: readonly unknown[];
  discriminator?: string;
  issues?: readonly { message: string }[];
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  inclusive?: boolean;
  format?: string;
  pattern?: string;
}

type Issue = z.core.$ZodIssue;
type Branches = readonly (readonly Issue[])[];

/** `value` is the value at `base`. */
export const flatten = (issues: readonly Issue[], base: Path, value: unknown): FlatIssue[] =>
  issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    const found = issue.path.reduce<unknown>(inside, value);
    if (issue.code === 'invalid_union' && issue.errors.length > 0)
      return branchOf(issue.errors, found).flatMap((each) => flatten([each], path, found));
    if (issue.code === 'invalid_element') return flatten(issue.issues, path, found);
    // The fields of FlatIssue are those of zod's issues, all optional.
    return [{ ...issue, path } as FlatIssue];
  });

/** The issues of the branch that was meant, or one issue that says what all branches want. */
function branchOf(branches: Branches, value: unknown): readonly Issue[] {
  const rightType = branches.filter((issues) => !issues.some(wrongType));
  if (rightType.length === 0) return [anyOf(branches, value)];
  if (rightType.length === 1) return rightType[0] ?? [];
  const strangers = unknownToAll(rightType);
  if (strangers.length > 0) return [{ code: 'unrecognized_keys', keys: strangers, path: [], message: '' }];
  return [...rightType].sort(compareBranches)[0] ?? [];
}

/** The value as a whole is of another type than the branch wants. */
function wrongType(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union')
    return issue.errors.length > 0 && issue.errors.every((issues) => issues.some(wrongType));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** Keys that no branch knows: the mistake, whatever branch was meant. */
function unknownToAll(branches: Branches): string[] {
  const perBranch = branches.map((issues) =>
    issues.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [])),
  );
  return (perBranch[0] ?? []).filter((key) => perBranch.every((keys) => keys.includes(key)));
}

/** Fewest mistakes at the top come first, then the mistakes that lie deepest, then fewest of all. */
function compareBranches(left: readonly Issue[], right: readonly Issue[]): number {
  const shallow = (issues: readonly Issue[]): number =>
    issues.reduce(
      (sum, issue) =>
        sum + (issue.code === 'unrecognized_keys' ? 2 * issue.keys.length : 0) + (issue.path.length < 2 ? 1 : 0),
      0,
    );
  const depth = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path }) => path.length));
  return shallow(left) - shallow(right) || depth(right) - depth(left) || left.length - right.length;
}

const wanting = (issues: readonly Issue[]): Issue[] =>
  issues.flatMap((issue) => {
    if (!wrongType(issue)) return [];
    return issue.code === 'invalid_union' ? issue.errors.flatMap(wanting) : [issue];
  });

/** One issue for a value that fits no branch at all: the words of all, or the types of all. */
function anyOf(branches: Branches, value: unknown): Issue {
  const issues = branches.flatMap(wanting);
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []));
  const expected = issues.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  const types = [...new Set<string>(expected)];
  if (values.length > 0 && (types.length === 0 || typeof value === 'string'))
    return { code: 'invalid_value', values, path: [], message: '', input: value };
  // Several types in one issue is our own reading of zod's field, which names one.
  return { code: 'invalid_type', expected: types.join('|'), path: [], message: 'Invalid input', input: value };
}
