import { expect, it } from 'vitest';
import { profiles } from '../../src/pac/index.ts';
import { conformanceReport } from './table.ts';

it('the table has a column for every profile, and counts disagreements', async () => {
  const { text, differ } = await conformanceReport(
    (topic) => /^(?:list|failover|fact plain)$/i.test(topic) || topic === 'args',
  );
  for (const { name } of profiles) expect(text).toContain(name);
  expect(text).toContain('not established: winhttp');
  expect(differ).toBe(0);
}, 60_000);
