/** docs/seed.md: the list of what the article says, with the scenarios that show it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { root, shippedScenarios } from '../kit/scenarios.ts';

const text = await readFile(join(root, 'docs', 'seed.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\|(?! what the article says|\s*-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const named = rows.flatMap(([, , scenarios = '']) => [...scenarios.matchAll(/`([^`]+)`/g)].map(([, id]) => id ?? ''));
const scenarios = await shippedScenarios();

test('every sentence has a scenario, and every scenario that is named exists', () => {
  const ids = new Set(scenarios.map(({ model }) => model.id));
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(([, said, shown]) => !said || !/`/.test(shown ?? ''))).toEqual([]);
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});

test('every scenario that follows from the article stands beside a sentence of it', () => {
  const tagged = new Set(scenarios.filter(({ model }) => model.tags.includes('seed')).map(({ model }) => model.id));
  expect([...tagged].filter((id) => !named.includes(id))).toEqual([]);
});
