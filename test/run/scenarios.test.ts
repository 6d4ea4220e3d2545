import { describe, expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import { shippedScenarios, titleOf } from '../kit/scenarios.ts';

const scenarios = await shippedScenarios();
const options = { clock: 'virtual', bytes: false, timeout: 20_000 } as const;

describe('every shipped scenario holds', () => {
  test.each(scenarios.map((scenario) => [titleOf(scenario), scenario] as const))('%s', async (_title, scenario) => {
    const { verdict, expectations, broken } = await runScenario(scenario, options);
    expect({ verdict, broken, missed: expectations.filter(({ passed }) => !passed) }).toEqual({
      verdict: 'passed',
      broken: undefined,
      missed: [],
    });
  });
});
