import { expect, it } from 'vitest';
import { profiles } from '../../src/pac/index.ts';
import { conformanceReport } from './table.ts';

it('the table has a column for every profile, and no disagreement', async () => {
  const { text, differ } = await conformanceReport();
  for (const { name } of profiles) expect(text).toContain(name);
  expect(text).toContain('not established: winhttp');
  expect(differ).toBe(0);
}, 120_000);
