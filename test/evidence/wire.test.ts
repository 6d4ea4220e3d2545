/** A sample of `npm run wire`: the wire alone never says what the whole trace denies. */
import { expect, test } from 'vitest';

import { shippedScenarios, titleOf } from '../kit/scenarios.ts';
import { compare } from './wire/compare.ts';

/** Every so many; all of them take minutes. */
const step = 11;
const scenarios = await shippedScenarios();

test('nothing that the wire shows is wrong, in a sample of the scenarios and their healthy twins', async () => {
  const wrong: string[] = [];
  for (const scenario of scenarios.filter((_, index) => index % step === 0)) {
    const { verdict, found } = await compare(scenario);
    if (verdict === 'wrong') wrong.push(`${titleOf(scenario)}: ${found.join(', ')}`);
    if (!scenario.twin) continue;
    const twin = await compare({ ...scenario, model: scenario.twin });
    if (twin.verdict !== 'healthy') wrong.push(`${titleOf(scenario)} (healthy): ${twin.found.join(', ')}`);
  }
  expect(wrong).toEqual([]);
}, 120_000);

test.each([
  ['direct-443-syn-blackhole', 'same'],
  ['auth-407-connect', 'same'],
  ['policy-502-deny', 'same'],
  ['pac-http-404', 'same'],
  ['tls-untrusted-ca', 'same'],
  ['failover-first-refused', 'same'],
  ['proxy-connect-coalesced-bytes', 'same'],
])('%s is found on the wire', async (id, verdict) => {
  for (const scenario of scenarios.filter(({ model }) => model.id === id))
    expect((await compare(scenario)).verdict, titleOf(scenario)).toBe(verdict);
});

test('without keys a refused certificate is not guessed at', async () => {
  for (const scenario of scenarios.filter(({ model }) => model.id === 'tls-untrusted-ca'))
    expect((await compare(scenario, { keys: false })).verdict, titleOf(scenario)).toBe('nothing');
});
