import type { Expectation, ScenarioFacts, StepFacts } from '../expectation.ts';
import { attemptsExpectation } from './attempts.ts';
import { diagnosisExpectation } from './diagnosis.ts';
import { scenarioElapsed, stepElapsed } from './elapsed.ts';
import { errorExpectation } from './error.ts';
import { eventsExpectation } from './events.ts';
import { failureExpectation } from './failure.ts';
import { originExpectation } from './origin.ts';
import { proxyExpectation } from './proxy.ts';
import { routeExpectation } from './route.ts';
import { statusExpectation } from './status.ts';
import { tlsExpectation } from './tls.ts';

/** Keys of a scenario's `expect`. */
export const scenarioExpectations = [
  eventsExpectation,
  diagnosisExpectation,
  scenarioElapsed,
] as unknown as readonly Expectation<ScenarioFacts>[];

/** Keys of a step's `expect`. */
export const stepExpectations = [
  routeExpectation,
  statusExpectation,
  errorExpectation,
  attemptsExpectation,
  proxyExpectation,
  originExpectation,
  stepElapsed,
  tlsExpectation,
  failureExpectation,
] as unknown as readonly Expectation<StepFacts>[];
