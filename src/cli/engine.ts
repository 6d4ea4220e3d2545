/** The slow half of the command line, loaded when a command needs it. */
import { rules } from '../diagnosis/index.ts';
import { runSuite } from '../run/suite.ts';
import { loadScenario } from '../scenario/load.ts';
import { readReferenced } from '../scenario/reading.ts';
import type { Engine } from './tools.ts';
import { runInWorkers } from './workers.ts';

const diagnoses = rules.map(({ id }) => id);

export const engine: Engine = {
  load: (content, file, files) =>
    loadScenario(content, file, {
      diagnoses,
      read: (from, reference) => readReferenced(files, from, reference),
    }),
  runSuite,
  runInWorkers,
};
