/**
 * A suite on several processor cores: each worker has a thread and labs of its own, so runs cannot see each other. The
 * records come back in the order of the suite.
 */
import { Worker } from 'node:worker_threads';

import { wallClock } from '../clock.ts';
import { LabError } from '../failure.ts';
import { resultOf } from '../run/record.ts';
import type { RunRecord, RunResult } from '../run/record.ts';
import { skipped } from '../run/suite.ts';
import type { SuiteOptions } from '../run/suite.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Rows of one file, as JSON. */
export interface Errand {
  file: string;
  rows: readonly string[];
}

export type Reply = { record: RunRecord } | { done: true } | { error: string };

export type WorkerOptions = Pick<SuiteOptions, 'clock' | 'bytes' | 'timeout'>;

/** In the sources this file ends in .ts, in the package in .js; its neighbour too. */
const program = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

export async function runInWorkers(
  scenarios: readonly Scenario[],
  options: SuiteOptions,
  count: number,
): Promise<RunResult> {
  const began = wallClock();
  const { clock, bytes, timeout, signal, maxFailures = Infinity, onRun } = options;
  signal?.throwIfAborted();
  const places = new Map(scenarios.map((scenario, index) => [keyOf(scenario), index]));
  const records: (RunRecord | undefined)[] = scenarios.map(() => undefined);
  let [reported, failures] = [0, 0];
  const enough = (): boolean => failures >= maxFailures;
  const report = (): void => {
    for (let record = records[reported]; record; record = records[++reported]) onRun?.(record);
  };
  const errands = errandsFor(scenarios);
  const take = (record: RunRecord): void => {
    records[places.get(keyOf(record)) ?? -1] = record;
    if (record.verdict === 'failed' || record.verdict === 'broken') failures += 1;
    report();
  };
  const next = (): Errand | undefined => (enough() ? undefined : errands.shift());
  const workers = Array.from(
    { length: Math.min(count, errands.length) },
    () => new Worker(program, { workerData: { clock, bytes, timeout } satisfies WorkerOptions }),
  );
  try {
    await Promise.all(workers.map((worker) => employ(worker, next, take, signal)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  for (const [index, scenario] of scenarios.entries()) records[index] ??= skipped(scenario);
  report();
  const all = records.flatMap((record) => record ?? []);
  return resultOf(all, Math.round(wallClock() - began));
}

/** One errand after the other until there is none. Rejects when the worker dies, or the user stops the suite. */
function employ(
  worker: Worker,
  next: () => Errand | undefined,
  take: (record: RunRecord) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    const goOn = (): void => {
      const errand = next();
      if (errand) worker.postMessage(errand);
      else resolve();
    };
    worker.on('message', (reply: Reply) => {
      if ('record' in reply) take(reply.record);
      else if ('done' in reply) goOn();
      else reject(new LabError(reply.error));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new LabError(`a worker ended with ${code} before its work was done`)));
    goOn();
  });
}

/** By file, since a worker reads the whole file anyway. */
function errandsFor(scenarios: readonly Scenario[]): Errand[] {
  const rows = new Map<string, string[]>();
  for (const { file, row } of scenarios) rows.set(file, [...(rows.get(file) ?? []), JSON.stringify(row)]);
  return [...rows].map(([file, of]) => ({ file, rows: of }));
}

const keyOf = ({ file, row }: Pick<RunRecord, 'file' | 'row'>): string => `${file} ${JSON.stringify(row)}`;
