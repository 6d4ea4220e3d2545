/** `expect:` of a scenario and of a step: one optional key for each expectation, at least one of them. */
import { z } from 'zod';

import type { Expectation } from './expectation.ts';
import { scenarioExpectations, stepExpectations } from './expectations/index.ts';

function specOf(expectations: readonly Pick<Expectation<never>, 'key' | 'schema' | 'summary'>[]) {
  const shape = Object.fromEntries(
    expectations.map(({ key, schema, summary }) => [key, schema.optional().describe(summary)]),
  );
  const keys = expectations.map(({ key }) => key).join(', ');
  return z
    .strictObject(shape)
    .refine((wanted) => Object.keys(wanted).length > 0, `nothing is expected here; known: ${keys}`);
}

export const expectSpec = specOf(scenarioExpectations);
export const stepExpectSpec = specOf(stepExpectations);

export type ExpectSpec = z.output<typeof expectSpec>;
export type StepExpectSpec = z.output<typeof stepExpectSpec>;
