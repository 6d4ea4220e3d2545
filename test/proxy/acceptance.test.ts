/** The list of what a forward proxy must do is whole, and every test it names exists. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { cases, names, traps } from './acceptance.ts';
import type { Item } from './acceptance.ts';
import { fine, startProxyLab } from './lab.ts';

const tests = join(import.meta.dirname, '..');
const upTo = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

test('all 45 cases, all 25 traps and the list of DNS stand in the table', () => {
  expect(Object.keys(cases)).toEqual(upTo(45));
  expect(Object.keys(traps)).toEqual(upTo(25));
  expect(Object.keys(names)).toHaveLength(11);
});

/** Whether a file has a test of that title, on the line of its call or on the next. */
function exists(reference: string): boolean {
  const [, file = '', title = ''] = /^(\S+): (.*)$/s.exec(reference) ?? [];
  const escaped = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`\\(\\s*(['"\`])${escaped}\\1`).test(readFileSync(join(tests, file), 'utf8'));
}

test.each<[list: string, items: Record<string, Item>]>([
  ['cases', cases],
  ['names', names],
  ['traps', traps],
])('every one of the %s is asked by a test that exists', (_list, items) => {
  const missing = Object.entries(items).flatMap(([id, { tests: named }]) =>
    named.length === 0 ? [`${id}: none`] : named.filter((reference) => !exists(reference)),
  );
  expect(missing).toEqual([]);
});

/** Real destinations, for those who are let out of the lab. */
const outward = 'net/outward.ts';

test("nobody asks the machine's resolver", () => {
  const source = join(tests, '..', 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const asking = files.filter((file) =>
    /from 'node:dns|\bdns\.lookup\(/.test(readFileSync(join(source, file), 'utf8')),
  );
  expect([files.length > 100, asking]).toEqual([true, [outward]]);
});

test('node:http runs no timer for a client that takes its time', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  await using lab = await startProxyLab();
  await lab.origin(80, fine);
  const [slow, kept] = [await lab.dial(), await lab.dial()];
  slow.send('GET http://app.test/ HTTP/1.1\r\nHo');
  kept.send('GET http://app.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n');
  // Hours for the lab; for node:http, whose limits are in the machine's time, it is the same moment.
  await lab.world.clock.sleep(36_000_000);
  // One of the test runner's own may have ended meanwhile.
  expect(timers()).toBeLessThanOrEqual(before);
  expect(lab.timers()).toBe(0);
  slow.send('st: app.test\r\n\r\n');
  await lab.settled();
  expect([slow.heard().endsWith('fine'), kept.heard().endsWith('fine'), kept.ended()]).toEqual([true, true, false]);
});
