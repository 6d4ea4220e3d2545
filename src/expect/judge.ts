/** Expectations against what happened. */
import type { SourcePlace } from '../failure.ts';
import { requestsOf } from '../trace/requests.ts';
import type { TraceEvent } from '../trace/events.ts';
import { eventsOfStep, seqs, viewOf } from '../trace/view.ts';
import type { Expectation, Judged, ScenarioFacts } from './expectation.ts';
import { scenarioExpectations, stepExpectations } from './expectations/index.ts';
import type { ExpectSpec, StepExpectSpec } from './spec.ts';

export interface Judgement {
  passed: boolean;
  expected: string;
  actual: string;
  /** Event numbers. */
  evidence: number[];
  /** The expectation's place in the scenario file. */
  at: SourcePlace;
}

/** The place of a value below the `expect:` at hand: `['events', 'never', 0]`. */
export type PlaceOf = (path: readonly (string | number)[]) => SourcePlace;

/** Judges a scenario's own `expect`. */
export const judge = (spec: ExpectSpec, facts: ScenarioFacts, options: { at: PlaceOf }): Judgement[] =>
  judgeAll(scenarioExpectations, spec, facts, options.at);

/** Judges the `expect` of a step by what happened in it; `step` counts as `step.started` does. */
export function judgeStep(
  spec: StepExpectSpec,
  events: readonly TraceEvent[],
  { at, step }: { at: PlaceOf; step: number },
): Judgement[] {
  const own = eventsOfStep(events, step);
  const [request] = requestsOf(viewOf(own));
  if (request) return judgeAll(stepExpectations, spec, { events: own, request }, at);
  return Object.keys(spec).map((key) => ({
    passed: false,
    expected: `a request, and its ${key}`,
    actual: 'no client requested anything in this step',
    evidence: seqs(own[0]),
    at: at([key]),
  }));
}

function judgeAll<Facts>(
  expectations: readonly Expectation<Facts>[],
  spec: Readonly<Record<string, unknown>>,
  facts: Facts,
  at: PlaceOf,
): Judgement[] {
  return expectations.flatMap(({ key, judge }) => {
    if (spec[key] === undefined) return [];
    const judged: Judged[] = [judge(spec[key], facts)].flat();
    return judged.map(({ path = [], ...verdict }) => ({ ...verdict, at: at([key, ...path]) }));
  });
}
