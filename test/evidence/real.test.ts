/**
 * Captures of real programs that met one fault each (`test/evidence/real/make.mjs` and `third.mjs` make them anew): diagnosed
 * without any scenario at hand.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { diagnose, twoQuestions } from '../../src/diagnosis/index.ts';
import { read } from './kit.ts';
// The cases are plain JavaScript: the far side of the captures must not depend on paclab.
// @ts-expect-error: no types
import { cases as first } from './real/cases.mjs';
// @ts-expect-error: no types
import { cases as second } from './real/second-cases.mjs';
// @ts-expect-error: no types
import { cases as third } from './real/third-cases.mjs';

interface Case {
  name: string;
  client: string;
  expect: string;
  shows?: string;
}

const folder = join(import.meta.dirname, 'real', 'captures');
const files = new Map(readdirSync(folder).map((file) => [file.replace(/\.pcap(ng)?$/, ''), file]));
const cases = [...(first as Case[]), ...(second as Case[]), ...(third as Case[])].filter(({ name }) => files.has(name));

const contentOf = (name: string): Buffer => readFileSync(join(folder, files.get(name) ?? ''));

test('there are captures of more than seventy faults and of health', () => {
  expect(cases.filter(({ expect: id }) => id !== 'none').length).toBeGreaterThanOrEqual(75);
  expect(cases.filter(({ expect: id }) => id === 'none')).toHaveLength(8);
  expect([...files.keys()].filter((name) => !cases.some((one) => one.name === name))).toEqual([]);
});

test.each(cases.map((one) => [one.client, one.shows ?? one.expect, one.name]))(
  '%s meets %s (%s)',
  async (_, expected, name) => {
    const { events } = await read(contentOf(name), {}, name);
    const found = new Set(diagnose(events).map(({ id }) => id));
    expect([...found]).toEqual(expected === 'none' ? [] : [expected]);
  },
);

test('the two questions are answered with the frames that Wireshark has', async () => {
  const blocked = await read(contentOf('direct-443-syn-blackhole'));
  const [bypass, uses] = twoQuestions(blocked.events);
  expect(bypass).toMatchObject({ yes: true });
  expect(bypass.says).toMatch(/tenant\.msappproxy\.net got no answer \(\d SYNs, \d of them retransmissions\)/);
  expect(uses).toMatchObject({ yes: false, evidence: [] });
  const frames = blocked.events.filter(({ seq }) => bypass.evidence.includes(seq)).map(({ frame }) => frame);
  expect(frames.length).toBeGreaterThan(2);
  expect(frames.every((frame) => frame !== undefined && frame > 0)).toBe(true);

  const challenged = await read(contentOf('auth-407-connect'));
  const [direct, proxied] = twoQuestions(challenged.events);
  expect(direct.yes).toBe(false);
  expect(proxied.says).toBe('Yes: CONNECT to proxy.corp.example:8080 answered with 407 ×1.');
});
