import { readdirSync, readFileSync } from 'node:fs';

import { assert, constantFrom, nat, property, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';

import { InputError } from '../../src/failure.ts';
import { formatProblems } from '../../src/scenario/problems.ts';
import { readScenarioFile } from '../../src/scenario/read.ts';
import { scenarioSchema } from '../../src/scenario/schema.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const stories = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'));

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '&a ',
  '*a',
  '$(',
  '$(matrix.x)',
  '$(vars.x)',
  '!',
  '|',
  '\t',
  '"',
  "'",
  '#',
  '\n',
  '? ',
  '<<: ',
  'null',
  '~',
  '1e999',
  '__proto__: {}\n',
];

test('a file with any slip is read, or refused with places that exist', () => {
  const slip = tuple(constantFrom(...stories), nat(), nat(30), constantFrom(...pieces));
  assert(
    property(slip, string({ maxLength: 3 }), ([text, where, removed, piece], noise) => {
      const at = where % text.length;
      const broken = text.slice(0, at) + piece + noise + text.slice(at + removed);
      try {
        readScenarioFile(broken, 'slip.yaml', scenarioSchema);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const lines = broken.split(/\r?\n/).length;
        expect(error.problems.length).toBeGreaterThan(0);
        for (const problem of error.problems) {
          expect(problem.at?.line).toBeLessThanOrEqual(lines + 1);
          // What a message quotes is the user's own.
          expect(problem.message.replace(/["'][^"']*["']/g, '')).not.toMatch(/undefined|\[object|Invalid input/);
        }
        formatProblems(error.problems, { colour: false });
      }
    }),
    { numRuns: 400, seed: 7 },
  );
});
