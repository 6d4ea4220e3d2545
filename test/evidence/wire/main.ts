/** `npm run wire`: every shipped scenario and its healthy twin by the wire alone, with keys and without; ends with 1 when anything is wrong. */
import { shippedScenarios, titleOf } from '../../kit/scenarios.ts';
import { compare, verdicts } from './compare.ts';
import type { Verdict } from './compare.ts';

const scenarios = (await shippedScenarios()).flatMap((scenario) => [
  { title: titleOf(scenario), scenario },
  ...(scenario.twin
    ? [{ title: `${titleOf(scenario)} (healthy)`, scenario: { ...scenario, model: scenario.twin } }]
    : []),
]);
let wrong = 0;
for (const keys of [true, false]) {
  const counts = new Map<Verdict, number>();
  for (const { title, scenario } of scenarios) {
    const { verdict, found, why } = await compare(scenario, { keys });
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    if (verdict === 'same' || verdict === 'healthy') continue;
    process.stdout.write(`${verdict.padEnd(8)} ${title} → ${found.join(', ')}\n`);
    if (verdict === 'wrong') process.stdout.write(`         ${why.join('\n         ')}\n`);
  }
  wrong += counts.get('wrong') ?? 0;
  const table = verdicts.map((verdict) => `${verdict} ${counts.get(verdict) ?? 0}`).join(', ');
  process.stdout.write(`\n${scenarios.length} runs ${keys ? 'with keys' : 'without keys'}: ${table}\n\n`);
}
process.exitCode = wrong > 0 ? 1 : 0;
