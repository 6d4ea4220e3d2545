/** What did not pass last time, kept for `--last-failed`. */
import type { RunRecord, RunResult } from '../run/record.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Files } from './tools.ts';

interface LastRun {
  failed: string[];
}

const fileIn = (output: string): string => `${output}/last-run.json`;

const keyOf = (id: string, row: RunRecord['row']): string => `${id} ${JSON.stringify(row)}`;

/** Written when something went wrong; after that also when all is well again. */
export async function keepLastRun({ runs }: RunResult, output: string, files: Files): Promise<void> {
  const failed = runs.filter(({ verdict }) => verdict === 'failed' || verdict === 'broken');
  if (failed.length === 0 && (await files.kind(fileIn(output))) === undefined) return;
  const file = files.create(fileIn(output));
  file.write(`${JSON.stringify({ failed: failed.map(({ id, row }) => keyOf(id, row)) } satisfies LastRun)}\n`);
  file.close();
}

/** Those of the scenarios that did not pass last time; undefined when no run has failed here yet. */
export async function failedLastTime(
  scenarios: readonly Scenario[],
  output: string,
  files: Files,
): Promise<Scenario[] | undefined> {
  if ((await files.kind(fileIn(output))) === undefined) return undefined;
  const { failed } = JSON.parse(new TextDecoder().decode(await files.read(fileIn(output)))) as LastRun;
  return scenarios.filter(({ model, row }) => failed.includes(keyOf(model.id, row)));
}
