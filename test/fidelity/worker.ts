/** Plays what it is told, one after the other, in the namespace that it was started in; ends with its parent. */
import { runBeside } from '../../src/beside/beside.ts';
import { prepareNamespace } from '../../src/beside/wiring.ts';
import { browsers } from '../../src/browser/browsers/index.ts';
import { loadSource } from '../../src/library/load.ts';
import type { RunRecord } from '../../src/run/record.ts';
import type { Job } from './crew.ts';

const { env } = process;
const ready = prepareNamespace(env);

process.on('disconnect', () => process.exit());
process.on('message', (job: Job) => {
  void play(job).then((record) => process.send?.(record));
});

async function play({ browser: name, program, file, row, timeout }: Job): Promise<RunRecord> {
  await ready;
  const scenario = (await loadSource(file))[row];
  const browser = browsers.find((each) => each.name === name);
  if (!scenario || !browser) throw new Error(`no row ${row} of ${file}, or no ${name}`);
  const record = await runBeside(scenario, { browser, program, env, timeout });
  // Nobody reads the events of so many runs.
  return { ...record, events: [] };
}
