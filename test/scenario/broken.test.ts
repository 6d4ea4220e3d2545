import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { InputError } from '../../src/failure.ts';
import { formatProblems } from '../../src/scenario/problems.ts';
import { readScenarioFile } from '../../src/scenario/read.ts';
import { storyPresets, storySchema } from '../kit/story-schema.ts';

const folder = new URL('../broken/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

const complaints = (file: string): string => {
  try {
    readScenarioFile(readFileSync(new URL(file, folder)), file, storySchema, { presets: storyPresets });
    return 'no problem\n';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return formatProblems(error.problems, { colour: false });
  }
};

test.each(files)('%s is refused with all of its mistakes', async (file) => {
  await expect(complaints(file)).toMatchFileSnapshot(`../broken/${file.replace('.yaml', '.err')}`);
});

test('every mistake has a message, and every message a mistake', () => {
  expect(files.length).toBeGreaterThan(15);
  expect(readdirSync(folder).filter((file) => file.endsWith('.err')).length).toBe(files.length);
  for (const file of files) expect(complaints(file), file).not.toBe('no problem\n');
});
