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

/** The same for people: of a value with many parts only the words, `case: broken=the proxy is dead, …`. */
export const sayRunShortly = ({ id, row }: Pick<RunRecord, 'id' | 'row'>): string => {
  const values = Object.entries(row).map(([name, value]) =>
    isMapping(value) ? `${name}: ${sayParts(value)}` : `${name}=${sayPlainly(value)}`,
  );
  return values.length === 0 ? id : `${id} [${values.join(', ')}]`;
};

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** Characters of a value with parts, beyond which only its words are said. */
const roomy = 100;

function sayParts(value: Mapping): string {
  const parts = Object.entries(value).map(([name, part]) => ({
    said: `${name}=${sayPlainly(part)}`,
    isWord: isWord(part),
  }));
  let room = roomy - parts.reduce((sum, { said, isWord }) => sum + (isWord ? said.length + 2 : 0), 0);
  const shown = parts.filter(({ said, isWord }) => {
    if (isWord) return true;
    room -= said.length + 2;
    return room >= 0;
  });
  // Rows have to be told apart: where there is no word, everything is said.
  if (shown.length === 0 || shown.length === parts.length) return parts.map(({ said }) => said).join(', ');
  return [...shown.map(({ said }) => said), '…'].join(', ');
}

const isWord = (part: unknown): boolean => [part].flat().every((each) => typeof each !== 'object' || each === null);

/** As in the file's one-line form, without its quotes: `{enabled: false}`. */
function sayPlainly(value: unknown): string {
  if (Array.isArray(value)) return value.map(sayPlainly).join('+');
  if (!isMapping(value)) return sayCell(value);
  const parts = Object.entries(value).map(([name, part]) => `${name}: ${sayPlainly(part)}`);
  return `{${parts.join(', ')}}`;
}

/** A value of a row as it is written in the file, roughly: `basic`, `negotiate+ntlm`, `{"a":1}`. */
function sayCell(value: unknown): string {
  if (Array.isArray(value)) return value.map(sayCell).join('+');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
