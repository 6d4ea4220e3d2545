/**
 * One grammar for everything that may misbehave: healthy by default, then `rules`, each `when` (what it matches, and
 * its schedule) and `then` (one behaviour). The first rule that matches wins. `behaviour: X` is short for one rule
 * that always matches. Misbehaviour is scheduled, never random.
 */
import { z } from 'zod';

import { duration } from './duration.ts';
import { globPattern } from './glob.ts';
import { matcher, matchesValue } from './matcher.ts';
import type { Compare, Matcher } from './matcher.ts';
import { inRange, isRange } from './range.ts';

const schedule = {
  nth: z.int().positive().optional().describe('only the nth time the rest of `when` matches, counted from 1'),
  first: z.int().positive().optional().describe('only the first n times'),
  after: z.int().nonnegative().optional().describe('only after n times'),
  every: z.int().positive().optional().describe('every nth time'),
  from: duration.optional().describe('only from this lab time on'),
  until: duration.optional().describe('only before this lab time'),
};
const scheduleKeys = new Set(Object.keys(schedule));

type Schedule = z.output<z.ZodObject<typeof schedule>>;

/** A `when` over the named subjects; strings are globs or ranges of addresses (`10.0.0.0/8`), anything may be a matcher. */
export const whenOf = <K extends string>(...subjects: K[]) =>
  z.strictObject({
    ...(Object.fromEntries(subjects.map((subject) => [subject, matcher.optional()])) as Record<
      K,
      z.ZodOptional<typeof matcher>
    >),
    ...schedule,
  });

/** `rules` of a part: the schema of its list. */
export const rulesOf = <W extends z.ZodType, B extends z.ZodType>(when: W, behaviour: B) =>
  z.array(z.strictObject({ when: when.optional(), then: behaviour })).default([]);

export interface Rule<B> {
  when?: (Schedule & { [subject: string]: unknown }) | undefined;
  then: B;
}

/** Names by glob, addresses by range. */
const glob: Compare = (literal, value) => {
  if (typeof literal !== 'string' || typeof value !== 'string') return literal === value;
  return isRange(literal) ? inRange(literal, value) : globPattern(literal).test(value);
};

/** Picks the behaviour for each subject and keeps count, so that no behaviour ever counts. */
export class Rulebook<B> {
  #rules: readonly Rule<B>[];
  #asks: boolean;
  #counts = new Map<Rule<B>, number>();
  readonly #now: () => number;

  /** `now` gives lab time in milliseconds. */
  constructor(rules: readonly Rule<B>[], now: () => number) {
    this.#rules = rules;
    this.#asks = asking(rules);
    this.#now = now;
  }

  /** Whether any rule looks at the subject. */
  get asks(): boolean {
    return this.#asks;
  }

  /** The behaviour of the first rule that matches, or undefined: healthy. */
  pick(subject: Record<string, unknown>): B | undefined {
    for (const rule of this.#rules) {
      if (!matchesSubject(rule, subject)) continue;
      const count = (this.#counts.get(rule) ?? 0) + 1;
      this.#counts.set(rule, count);
      if (due(rule.when, count, this.#now())) return rule.then;
    }
    return undefined;
  }

  /** New rules, counted from the start. */
  change(rules: readonly Rule<B>[]): void {
    this.#rules = rules;
    this.#asks = asking(rules);
    this.#counts = new Map();
  }
}

const asking = (rules: readonly Rule<unknown>[]): boolean =>
  rules.some(({ when = {} }) => Object.keys(when).some((key) => !scheduleKeys.has(key)));

const matchesSubject = <B>({ when = {} }: Rule<B>, subject: Record<string, unknown>): boolean =>
  Object.entries(when).every(
    ([key, wanted]) =>
      scheduleKeys.has(key) || wanted === undefined || matchesValue(wanted as Matcher, subject[key], glob),
  );

function due(when: Schedule | undefined, count: number, now: number): boolean {
  if (!when) return true;
  if (when.nth !== undefined && count !== when.nth) return false;
  if (when.first !== undefined && count > when.first) return false;
  if (when.after !== undefined && count <= when.after) return false;
  if (when.every !== undefined && count % when.every !== 0) return false;
  if (when.from !== undefined && now < when.from) return false;
  return when.until === undefined || now < when.until;
}
