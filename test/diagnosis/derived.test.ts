/** Any scenario's fault in any other scenario's world. `PACLAB_DERIVED=500 PACLAB_SEED=9` walks where nobody has looked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, test } from 'vitest';

import { combined, derived } from './combinations/derived.ts';
import type { DerivedOutcome } from './combinations/derived.ts';
import { sourcesOf } from './combinations/sources.ts';

const count = Number(process.env['PACLAB_DERIVED'] ?? 8);
const seed = Number(process.env['PACLAB_SEED'] ?? 7);
const pinned = parse(readFileSync(join(import.meta.dirname, 'combinations', 'pinned.yaml'), 'utf8')) as Record<
  'visible' | 'hidden',
  string[][]
>;

const isWrong = ({ missed, invented }: DerivedOutcome): boolean => missed.length + invented.length > 0;
const told = ({ findings, ...rest }: DerivedOutcome): unknown => ({ ...rest, found: findings.map(({ id }) => id) });

test('of the combinations that every build looks at, no visible fault is missed and none is invented', async () => {
  const sources = await sourcesOf(7);
  for (const ids of [...pinned.visible, ...pinned.hidden]) {
    const outcome = await combined(ids, sources);
    expect(outcome, ids.join(' + ')).toBeDefined();
    if (pinned.visible.includes(ids)) expect(outcome?.visible, ids.join(' + ')).toEqual(ids);
    expect(outcome && isWrong(outcome), JSON.stringify(outcome && told(outcome))).toBe(false);
  }
}, 240_000);

test(`of ${count} combinations by chance no visible fault is missed and none is invented`, async () => {
  const outcomes: DerivedOutcome[] = [];
  for await (const outcome of derived(count, seed)) outcomes.push(outcome);
  const sum = (list: (outcome: DerivedOutcome) => readonly unknown[]): number =>
    outcomes.reduce((total, outcome) => total + list(outcome).length, 0);
  const [visible, found] = [sum((one) => one.visible), sum(({ findings }) => findings)];
  const percent = (bad: number, all: number): string => `${((100 * (all - bad)) / all).toFixed(1)} %`;
  const ids = new Set(outcomes.flatMap(({ injected }) => injected));
  process.stdout.write(
    `${count} combinations of ${ids.size} scenarios, ${visible} faults visible: recall ` +
      `${percent(
        sum(({ missed }) => missed),
        visible,
      )}, precision ${percent(
        sum(({ invented }) => invented),
        found,
      )} of ${found} findings, ${sum(({ parts }) => parts)} of them parts of faults that others hide\n`,
  );
  expect(outcomes.filter(isWrong).map(told)).toEqual([]);
}, 3_600_000);
