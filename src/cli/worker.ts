/** A worker of `run --workers`: takes rows of one file at a time, and gives their records back. */
import { parentPort, workerData } from 'node:worker_threads';

import { disk } from './disk.ts';
import { engine } from './engine.ts';
import type { Errand, Reply, WorkerOptions } from './workers.ts';

const options = workerData as WorkerOptions;
const port = parentPort;
if (!port) throw new Error('this file is started by run --workers');

const answer = (reply: Reply): void => port.postMessage(reply);

async function run({ file, rows }: Errand): Promise<void> {
  const scenarios = await engine.load(await disk.read(file), file, disk);
  for (const wanted of rows) {
    const scenario = scenarios.find(({ row }) => JSON.stringify(row) === wanted);
    if (!scenario) throw new Error(`${file} has changed while the suite ran`);
    const { runs } = await engine.runSuite([scenario], options);
    for (const record of runs) answer({ record });
  }
  answer({ done: true });
}

port.on('message', (errand: Errand) => {
  run(errand).catch((error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }));
});
