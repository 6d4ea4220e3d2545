/** Scenarios for programs: from files, folders, or objects, with the same checks as on the command line. */
import { stringify } from 'yaml';

import { disk } from '../cli/disk.ts';
import { rules } from '../diagnosis/index.ts';
import { InputError } from '../failure.ts';
import { loadScenario } from '../scenario/load.ts';
import { readReferenced } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** A file or folder, or what would stand in a file. */
export type ScenarioSource = string | Readonly<Record<string, unknown>>;

const diagnoses = rules.map(({ id }) => id);

/** A file whose content is known already. */
export interface ReadSource {
  file: string;
  content: Uint8Array;
}

/** Throws InputError with all problems of a source. Paths in an object are relative to the working directory. */
export async function loadSource(
  source: ScenarioSource | ReadSource,
  options: { mayExpectNothing?: boolean } = {},
): Promise<Scenario[]> {
  const tools = { diagnoses, read: (from: string, named: string) => readReferenced(disk, from, named), ...options };
  if (isRead(source)) return loadScenario(source.content, source.file, tools);
  if (typeof source !== 'string') return loadScenario(stringify(source), 'scenario.yaml', tools);
  const kind = await disk.kind(source);
  if (kind === undefined) throw new InputError([{ message: `there is no file or folder '${source}'` }]);
  const files = kind === 'folder' ? await disk.scenarios(source) : [source];
  const loaded = await Promise.all(files.map(async (file) => loadScenario(await disk.read(file), file, tools)));
  return loaded.flat();
}

const isRead = (source: ScenarioSource | ReadSource): source is ReadSource =>
  typeof source !== 'string' && source['content'] instanceof Uint8Array;
