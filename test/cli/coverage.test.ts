import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { coverageOf, sayCoverage } from '../../src/cli/coverage.ts';
import type { Chapter } from '../../src/cli/coverage.ts';
import { root, shippedScenarios } from '../kit/scenarios.ts';
import { paclab } from '../kit/tools.ts';

const chapters: Chapter[] = [
  { chapter: 1, title: 'One', ids: ['a', 'b', 'c'] },
  { chapter: 2, title: 'Two', ids: ['d'] },
];

test('an id is told by a scenario, excepted by a row, or missing', () => {
  const [one, two] = coverageOf(chapters, ['a', 'x'], '| id | why |\n| --- | --- |\n| `b` | no socket |\n');
  expect(one).toMatchObject({ scenarios: ['a'], excepted: ['b'], missing: ['c'] });
  expect(two).toMatchObject({ scenarios: [], excepted: [], missing: ['d'] });
});

test('the table sums up and names what is missing', () => {
  const text = sayCoverage(coverageOf(chapters, ['a'], ''));
  expect(text).toMatch(/all +1 +0 +3\n/);
  expect(text).toContain('missing: b, c, d');
});

test('list --coverage prints the table of the catalogue', async () => {
  const { code, out } = await paclab('list --coverage', { files: { 'scenarios/a.yaml': 'id: a\nname: A\n' } });
  expect(code).toBe(0);
  expect(out).toMatch(/Discovery by DNS +\d+ +\d+ +\d+/);
});

test('every shipped scenario is in the catalogue, or a story with the tag for it', async () => {
  const catalogue = JSON.parse(await readFile(join(root, 'scenarios', 'catalogue.json'), 'utf8')) as Chapter[];
  const known = new Set(catalogue.flatMap(({ ids }) => ids));
  const strangers = (await shippedScenarios()).filter(
    ({ model }) => !known.has(model.id) && !model.tags.includes('story'),
  );
  expect(strangers.map(({ model }) => model.id)).toEqual([]);
});
