/** The door of the room: the schemas of both `expect:` blocks, and the judges. */
export type { ScenarioFacts } from './expectation.ts';
export { scenarioExpectations, stepExpectations } from './expectations/index.ts';
export { judge, judgeStep } from './judge.ts';
export type { Judgement, PlaceOf } from './judge.ts';
export { expectSpec, stepExpectSpec } from './spec.ts';
export type { ExpectSpec, StepExpectSpec } from './spec.ts';
export { seenFromOutside } from './outside.ts';
export type { OutsideExpectations } from './outside.ts';
