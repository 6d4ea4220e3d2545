/** Captures of real programs become scenarios in which the same is wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { importSent } from '../../src/reproduce/index.ts';

const folder = join(import.meta.dirname, '..', 'evidence', 'real', 'captures');

test.each([
  'unknown-scheme',
  'stale-nonces',
  'endless-realms',
  'no-content-tunnel',
  'length-in-200',
  'http10-reply',
  'connect-302',
  'proxy-bad-status-line',
  'wide-script',
  'script-203',
  'retired-first',
  'one-label-star',
])('%s', async (name) => {
  const bytes = readFileSync(join(folder, `${name}.pcap`));
  const made = await importSent([
    {
      name: `${name}.pcap`,
      async *open() {
        yield await Promise.resolve(bytes);
      },
    },
  ]);
  expect(made.shown.length).toBeGreaterThan(0);
  expect(made.symptom).toMatchObject({ same: true, differences: [] });
});
