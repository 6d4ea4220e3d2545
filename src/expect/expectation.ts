/**
 * An expectation is one key of an `expect:` block: its schema, and how it is judged. Scenario expectations read the
 * whole trace and its findings, step expectations what happened in their step.
 */
import type { z } from 'zod';

import type { Finding } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Request } from '../trace/requests.ts';

/** What a run left behind. */
export interface ScenarioFacts {
  events: readonly TraceEvent[];
  findings: readonly Finding[];
}

/** What one step left behind: its events, and the request of its fetch. */
export interface StepFacts {
  events: readonly TraceEvent[];
  request: Request;
}

/** One verdict; `path` leads to its place below the key (`['order']`, `['never', 0]`). */
export interface Judged {
  passed: boolean;
  expected: string;
  /** What happened; on failure with the closest event and what of it fits. */
  actual: string;
  /** Event numbers. */
  evidence: number[];
  path?: readonly (string | number)[];
}

export interface Expectation<Facts, S extends z.ZodType = z.ZodType> {
  key: string;
  summary: string;
  schema: S;
  judge: (wanted: z.output<S>, facts: Facts) => Judged | Judged[];
}

/** Keep an entry's schema and its judge of one type. */
export const scenarioExpectation = <S extends z.ZodType>(
  entry: Expectation<ScenarioFacts, S>,
): Expectation<ScenarioFacts, S> => entry;
export const stepExpectation = <S extends z.ZodType>(entry: Expectation<StepFacts, S>): Expectation<StepFacts, S> =>
  entry;
