/** Many runs at a time, each worker in a network namespace of its own: to wait for a browser costs nothing. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { LabError } from '../../src/failure.ts';
import type { RunRecord } from '../../src/run/record.ts';

export interface Job {
  /** A name of src/browser/browsers. */
  browser: string;
  program: string;
  file: string;
  /** Which row of the file, from 0. */
  row: number;
  /** Milliseconds of wall time. */
  timeout: number;
  /** It takes long, and is idle for most of it. */
  waits: boolean;
}

/** How many runs of each kind go on at a time. */
export interface Lanes {
  waiting: number;
  working: number;
}

/** Milliseconds between two starts, so that not all browsers start at once. */
const apart = 1500;

/** Does every job, and tells of each as it ends. Throws LabError when a worker dies. */
export async function workOff(jobs: readonly Job[], lanes: Lanes, tell: (job: Job, record: RunRecord) => void) {
  const left = { true: jobs.filter(({ waits }) => waits), false: jobs.filter(({ waits }) => !waits) };
  const kinds = [...Array<boolean>(lanes.waiting).fill(true), ...Array<boolean>(lanes.working).fill(false)];
  await Promise.all(
    kinds.map(async (waits, place) => {
      const queue = left[`${waits}`];
      if (queue.length === 0) return;
      await new Promise((go) => setTimeout(go, place * apart));
      const worker = hire();
      try {
        for (let job = queue.shift(); job; job = queue.shift()) tell(job, await worker.run(job));
      } finally {
        worker.child.disconnect();
      }
    }),
  );
}

function hire(): { child: ChildProcess; run(job: Job): Promise<RunRecord> } {
  const script = fileURLToPath(new URL('worker.js', import.meta.url));
  const child = fork(script, [], { execPath: 'unshare', execArgv: ['--net', process.execPath, ...process.execArgv] });
  return {
    child,
    run: (job) =>
      new Promise((resolve, reject) => {
        const dies = (code: number | null): void => reject(new LabError(`a worker ended with ${code}`));
        child.once('exit', dies);
        child.once('message', (record) => {
          child.off('exit', dies);
          resolve(record as RunRecord);
        });
        child.send(job);
      }),
  };
}
