import { expect, test } from 'vitest';

import { paclab, story } from '../kit/tools.ts';

const scenarios = {
  'scenarios/a.yaml': story('works'),
  'scenarios/b.yaml': story('fails-here'),
  'scenarios/c.yaml': story('works-too'),
};

/** The blobs of a suite in two shards. */
async function shards(): Promise<Record<string, string>> {
  const blobs: Record<string, string> = {};
  for (const nth of [1, 2]) {
    const { out } = await paclab(`run --shard ${nth}/2 --reporter blob`, { files: scenarios });
    blobs[`${nth}.ndjson`] = out;
  }
  return blobs;
}

test('merge makes of shards what one run would have reported, and ends as it would have', async () => {
  const files = await shards();
  const { code, out } = await paclab('merge 1.ndjson 2.ndjson --json', { files });
  const { summary, runs } = JSON.parse(out) as { summary: object; runs: { id: string }[] };
  expect(code).toBe(1);
  expect(summary).toMatchObject({ passed: 2, failed: 1 });
  expect(runs.map(({ id }) => id).toSorted()).toEqual(['fails-here', 'works', 'works-too']);
  expect((await paclab('merge 1.ndjson', { files })).code).toBe(0);
});

test('annotations are one for each file, at the expectation that was not met', async () => {
  const { out } = await paclab('merge 2.ndjson --reporter github', { files: await shards() });
  expect(out).toMatch(/^::error file=scenarios\/b\.yaml,line=\d+,col=\d+,title=fails-here::/);
  expect(out).toContain('::notice title=paclab::0 passed, 1 failed');
});

test('a shard that was cut short is not taken for a whole one', async () => {
  const files = await shards();
  const whole = files['1.ndjson'] ?? '';
  const lines = whole.split('\n');
  files['cut.ndjson'] = `${lines.slice(0, -2).join('\n')}\n${lines.at(-2)?.slice(0, 5) ?? ''}`;
  const { code, err } = await paclab('merge cut.ndjson', { files });
  expect([code, err]).toEqual([3, 'cut.ndjson ends early: its shard was cut short\n']);
});

test('what is no blob is refused', async () => {
  const files = { 'a.txt': 'hello\n', 'b.json': '{"version":1}\n', 'c.ndjson': '{"paclab":"blob","version":99}\n' };
  for (const file of Object.keys(files)) expect((await paclab(`merge ${file}`, { files })).code).toBe(2);
  expect((await paclab('merge c.ndjson', { files })).err).toContain('of version 99');
});
