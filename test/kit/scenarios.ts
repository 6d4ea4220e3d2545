/** The shipped scenarios, loaded as the command line loads them. */
import { readFile, readdir, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { rules } from '../../src/diagnosis/index.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { readReferenced } from '../../src/scenario/reading.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export const root = join(import.meta.dirname, '..', '..');
const source = {
  read: (path: string) => readFile(path),
  real: (path: string) => realpath(path),
  names: (folder: string) => readdir(folder),
};

export const tools = {
  read: (file: string, reference: string) => readReferenced(source, file, reference),
  diagnoses: rules.map(({ id }) => id),
};

export async function shippedScenarios(): Promise<Scenario[]> {
  const folder = join(root, 'scenarios');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.yaml')).toSorted();
  const loaded = await Promise.all(
    files.map(async (file) => loadScenario(await readFile(join(folder, file)), join(folder, file), tools)),
  );
  return loaded.flat();
}

/** Loads a scenario from text, as if it stood in scenarios/. */
export const scenarioFrom = (text: string): Promise<Scenario[]> =>
  loadScenario(text, join(root, 'scenarios', 'inline', 'inline.yaml'), tools);

export const titleOf = ({ row, file }: Scenario): string =>
  `${relative(root, file)} ${Object.values(row)
    .map((value) => JSON.stringify(value))
    .join(' ')}`.trim();
