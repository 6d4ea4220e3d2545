/** Many scenarios, one after the other: each has its own lab, so their order does not matter. */
import { wallClock } from '../clock.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TraceEvent } from '../trace/events.ts';
import { resultOf } from './record.ts';
import type { RunRecord, RunResult } from './record.ts';
import { runScenario } from './run.ts';

export interface SuiteOptions {
  clock: 'virtual' | 'real';
  bytes: boolean;
  /** Limit of one run in wall time, in milliseconds. */
  timeout: number;
  /** Ends the suite after so many runs that did not pass; the rest is skipped. */
  maxFailures?: number;
  signal?: AbortSignal;
  /** Runs one scenario; with clients of the model unless given. */
  run?: (scenario: Scenario) => Promise<RunRecord>;
  onStart?: (scenario: Scenario) => void;
  onEvent?: (event: TraceEvent) => void;
  onRun?: (record: RunRecord) => void;
}

export async function runSuite(scenarios: readonly Scenario[], options: SuiteOptions): Promise<RunResult> {
  const began = wallClock();
  const runs: RunRecord[] = [];
  let failures = 0;
  const runOne = options.run ?? ((scenario: Scenario) => runScenario(scenario, options));
  for (const scenario of scenarios) {
    options.signal?.throwIfAborted();
    const enough = options.maxFailures !== undefined && failures >= options.maxFailures;
    if (!enough) options.onStart?.(scenario);
    const record = enough ? skipped(scenario) : await runOne(scenario);
    if (record.verdict === 'failed' || record.verdict === 'broken') failures += 1;
    runs.push(record);
    options.onRun?.(record);
  }
  return resultOf(runs, Math.round(wallClock() - began));
}

/** The record of a row that was not run. */
export const skipped = ({ model, row, file }: Scenario): RunRecord => ({
  id: model.id,
  row,
  file,
  name: model.name,
  tags: model.tags,
  verdict: 'skipped',
  expectations: [],
  findings: [],
  events: [],
  wallMs: 0,
  labMs: 0,
});
