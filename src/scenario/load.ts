/** From a file's text to scenarios that can run: read, validate, check what refers to what, load the files named. */
import type { ClientSpec } from '../client/spec.ts';
import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import { checkScenario } from './check.ts';
import { presets } from './presets/index.ts';
import { readScenarioFile } from './read.ts';
import type { Found } from './reading.ts';
import { clientSettingsOf } from './client-settings.ts';
import { filesNamed, settingsIn } from './files.ts';
import type { Scenario } from './scenario.ts';
import { scenarioSchema } from './schema.ts';

export interface LoadTools {
  /** The content of a file that a scenario names, relative to it. */
  read(scenarioFile: string, reference: string): Promise<Found>;
  /** Ids that `expect.diagnosis` may name. */
  diagnoses: readonly string[];
  /** True for a lab that a program drives: such a file may expect nothing. */
  mayExpectNothing?: boolean;
}

/** One scenario for each row of the matrix. Throws InputError with all problems of the file. */
export async function loadScenario(text: string | Uint8Array, file: string, tools: LoadTools): Promise<Scenario[]> {
  const { rows } = readScenarioFile(text, file, scenarioSchema, { presets });
  const problems: Problem[] = [];
  const scenarios: Scenario[] = [];
  for (const row of rows) {
    problems.push(...checkScenario(row, tools));
    const files = new Map<string, Uint8Array>();
    for (const { path, reference } of [...filesNamed(row.value), ...(row.twin ? filesNamed(row.twin) : [])]) {
      if (files.has(reference)) continue;
      const found = await tools.read(file, reference);
      if (found.ok) files.set(reference, found.bytes);
      else problems.push(row.problem(path, found.message, { hint: found.hint }));
    }
    for (const { spec } of settingsIn(row.value)) problems.push(...unreadable(spec, files));
    scenarios.push({ file, row: row.row, model: row.value, twin: row.twin, files, at: row.at });
  }
  if (problems.length > 0) throw new InputError(distinct(problems));
  return scenarios;
}

/** Mistakes in the files that a client's settings import. Missing files have been complained about already. */
function unreadable(spec: ClientSpec, files: ReadonlyMap<string, Uint8Array>): readonly Problem[] {
  if (spec.settings.import.some((reference) => !files.has(reference))) return [];
  try {
    clientSettingsOf(spec, files);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** Rows of a matrix repeat the mistakes of their file. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ message, at }) => {
    const key = `${at?.line}:${at?.column}:${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
