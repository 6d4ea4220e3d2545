/** What a run leaves behind: plain JSON, versioned, the only input of every reporter. */
import type { SourcePlace } from '../failure.ts';
import type { Finding } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';

export const recordVersion = 1;

export type Verdict = 'passed' | 'failed' | 'broken' | 'skipped';

/** One thing that the model said and a real client did. */
export interface Comparison {
  what: string;
  model: string;
  real: string;
  same: boolean;
}

/** A run by a real client: `real:chromium`. */
export interface Beside {
  client: string;
  /** The profile that the scenario has in its place; none when it is its own. */
  instead?: string;
  /** Why it was not run. */
  skipped?: string;
  rows: readonly Comparison[];
}

/** One expectation and what became of it. */
export interface Judgement {
  passed: boolean;
  /** What the scenario says, in words. */
  expected: string;
  /** What happened, in words. */
  actual: string;
  /** `seq` of the events this rests on; for a failure, the closest ones. */
  evidence: readonly number[];
  /** Where the scenario says so. */
  at: Pick<SourcePlace, 'line' | 'column'>;
}

/** One row of one scenario, run once. */
export interface RunRecord {
  id: string;
  /** The values of this matrix row; empty when the scenario has no matrix. */
  row: Readonly<Record<string, unknown>>;
  /** The scenario file, as it was named on the command line or found below a folder. */
  file: string;
  name: string;
  tags?: readonly string[];
  verdict: Verdict;
  /** Why the lab could not run; only when the verdict is `broken`. */
  broken?: { message: string };
  /** What the model said beside what the client did; only of runs by real clients. */
  beside?: Beside;
  expectations: readonly Judgement[];
  findings: readonly Finding[];
  events: readonly TraceEvent[];
  wallMs: number;
  labMs: number;
}

/** Counts, and both clocks in milliseconds; `wallMs` is the time of the whole suite. */
export interface RunSummary {
  passed: number;
  failed: number;
  broken: number;
  skipped: number;
  wallMs: number;
  labMs: number;
}

export interface RunResult {
  version: typeof recordVersion;
  summary: RunSummary;
  runs: readonly RunRecord[];
}

/** Counts runs by verdict. `wallMs` is their sum unless the suite knows better. */
export function summaryOf(runs: readonly RunRecord[], wallMs?: number): RunSummary {
  const summary: RunSummary = { passed: 0, failed: 0, broken: 0, skipped: 0, wallMs: 0, labMs: 0 };
  for (const run of runs) {
    summary[run.verdict] += 1;
    summary.wallMs += run.wallMs;
    summary.labMs += run.labMs;
  }
  return wallMs === undefined ? summary : { ...summary, wallMs };
}

export const resultOf = (runs: readonly RunRecord[], wallMs?: number): RunResult => ({
  version: recordVersion,
  summary: summaryOf(runs, wallMs),
  runs,
});

/** `auth-407-connect [schemes=basic]`: the run by its scenario and its row, unique within a suite. */
export const sayRun = ({ id, row }: Pick<RunRecord, 'id' | 'row'>): string => {
  const values = Object.entries(row).map(([name, value]) => `${name}=${sayCell(value)}`);
  return values.length === 0 ? id : `${id} [${values.join(', ')}]`;
};

/** A value of a row as it is written in the file, roughly: `basic`, `negotiate+ntlm`, `{"a":1}`. */
function sayCell(value: unknown): string {
  if (Array.isArray(value)) return value.map(sayCell).join('+');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
