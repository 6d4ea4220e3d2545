/** docs/proxies.md says what is so: of ours always, of squid and tinyproxy where the versions it names are installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { runBattery } from './battery/battery.ts';
import { probes } from './battery/probes.ts';
import { subjectNames } from './battery/subjects.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'proxies.md'), 'utf8');
const [head = [], , ...rows] = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

/** What the page says of one proxy. */
const column = (index: number): Record<string, string> =>
  Object.fromEntries(rows.map((cells) => [cells[0] ?? '', cells[index] ?? '']));

test('the page has a row for every request, and a reason wherever the three differ', () => {
  expect(rows.map(([title]) => title)).toEqual(Object.keys(probes));
  const unexplained = rows.filter(([, ours, squid, tinyproxy, reason]) => {
    const differ = new Set([ours, squid, tinyproxy]).size > 1;
    return differ !== (reason !== '–' && reason !== '');
  });
  expect(unexplained).toEqual([]);
});

test.each(subjectNames.map((name, index) => [name, index + 1] as const))(
  'the page says of %s what it does now',
  async (name, index) => {
    const said = head[index] ?? '';
    const now = await runBattery(name);
    if (!now || (now.version !== '' && said !== `${name} ${now.version}`)) {
      process.stderr.write(`\nSKIPPED: ${said} is not installed; the battery ran without it\n`);
      return;
    }
    expect(now.seen).toEqual(column(index));
  },
  60_000,
);
