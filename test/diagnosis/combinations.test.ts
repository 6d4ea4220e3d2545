/** Up to three faults at once over one network. `PACLAB_COMBINATIONS=500` walks further than a build has time for. */
import { expect, test } from 'vitest';

import { combinations, faults, run } from './combinations/combine.ts';

const count = Number(process.env['PACLAB_COMBINATIONS'] ?? 80);
const seed = Number(process.env['PACLAB_SEED'] ?? 1);

test('the network without faults has no finding', async () => {
  expect((await run([])).findings).toEqual([]);
});

test('every fault alone is met, found, and alone in the findings', async () => {
  for (const fault of faults) {
    const { visible, missed, invented } = await run([fault]);
    expect({ visible, missed, invented }).toEqual({ visible: [fault.id], missed: [], invented: [] });
  }
}, 60_000);

test(`of ${count} combinations no visible fault is missed and none is invented`, async () => {
  const wrong: unknown[] = [];
  let [visible, missed, found, invented] = [0, 0, 0, 0];
  for (const chosen of combinations(count, seed)) {
    const outcome = await run(chosen);
    visible += outcome.visible.length;
    missed += outcome.missed.length;
    found += outcome.findings.length;
    invented += outcome.invented.length;
    const { findings: _, ...told } = outcome;
    if (outcome.missed.length + outcome.invented.length > 0) wrong.push(told);
  }
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
  process.stdout.write(
    `${count} combinations, ${visible} faults visible: recall ${percent(visible - missed, visible)}, ` +
      `precision ${percent(found - invented, found)} of ${found} findings\n`,
  );
  expect(wrong).toEqual([]);
}, 240_000);
