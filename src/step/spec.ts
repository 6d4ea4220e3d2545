/** `steps:` of a scenario: a list of objects with one verb each. */
import { z } from 'zod';

import type { Step } from './step.ts';
import { steps } from './steps/index.ts';

/** `expectation` is the schema of a step's `expect`. */
export function stepsSpec<E extends z.ZodType>(expectation: E) {
  const verbs = Object.fromEntries(
    steps.map(({ verb, options, summary }) => [verb, options.optional().describe(summary)]),
  );
  return z
    .array(
      z.strictObject({ ...verbs, expect: expectation.optional() }).superRefine((value, context) => {
        const used = steps.filter(({ verb }) => (value as Record<string, unknown>)[verb] !== undefined);
        if (used.length === 1) return;
        const words = steps.map(({ verb }) => verb).join(', ');
        context.addIssue({
          code: 'custom',
          message: used.length === 0 ? `a step needs a verb: ${words}` : 'a step has one verb only',
        });
      }),
    )
    .default([]);
}

/** The verb of one parsed step and its options. */
export function verbOf(parsed: Record<string, unknown>): { step: Step; options: unknown } {
  const found = steps.find(({ verb }) => parsed[verb] !== undefined);
  if (!found) throw new Error('a step without a verb passed the schema');
  return { step: found, options: parsed[found.verb] };
}
