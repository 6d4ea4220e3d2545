/** Runs what was selected, with every report, both clocks and the three ways a suite ends early. */
import { wallDeadline } from '../clock.ts';
import { reporters } from '../report/reporters/index.ts';
import { openReports } from '../report/several.ts';
import { resultOf } from '../run/record.ts';
import type { RunRecord, RunResult } from '../run/record.ts';
import type { SuiteOptions } from '../run/suite.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { captureReporter } from './captures.ts';
import { keepLastRun } from './last-run.ts';
import { openOutputs } from './outputs.ts';
import type { Wish } from './outputs.ts';
import type { RealClient } from './real-client.ts';
import { exitCodes, Stopped } from './tools.ts';
import type { Tools } from './tools.ts';
import { traceReporter } from './traces.ts';
import type { TraceMode } from './traces.ts';

export interface SuiteWish {
  clock: 'virtual' | 'real';
  /** Limit of everything together in wall time, in milliseconds. */
  timeout: number | undefined;
  /** Limit of one run in wall time, in milliseconds. */
  runTimeout: number;
  maxFailures: number | undefined;
  wishes: readonly Wish[];
  trace: TraceMode;
  output: string;
  /** How many at a time, each with a thread of its own. */
  workers: number;
  /** Where captures go; none are made when not given. */
  capture: string | undefined;
  /** Is told the result. */
  heard?: ((result: RunResult) => void) | undefined;
  /** Plays the clients of its profile in place of the model; undefined: the model plays all. */
  client?: RealClient | undefined;
}

/** Gives the exit code. A suite that is cut short still writes its reports, of what had been run by then. */
export async function runAndReport(scenarios: readonly Scenario[], wish: SuiteWish, tools: Tools): Promise<number> {
  const engine = await tools.engine();
  using outputs = openOutputs(wish.wishes, reporters, tools);
  const trace = traceReporter(wish.trace, wish.output, tools.files);
  const capture = wish.capture === undefined ? [] : [captureReporter(wish.capture, tools)];
  const silent = [trace, ...capture].map((reporter) => ({ reporter, sink: tools.stderr }));
  const reports = openReports([...outputs.destinations, ...silent]);
  const timeIsUp = new AbortController();
  using _deadline = wish.timeout === undefined ? undefined : wallDeadline(wish.timeout, () => timeIsUp.abort());
  const signal = AbortSignal.any([tools.signal, timeIsUp.signal]);
  const done: RunRecord[] = [];
  // Reporters may take their time; the suite does not wait for them, but the end does.
  let reporting = reports.start({ runs: scenarios.map(({ model, row }) => ({ id: model.id, row })) });
  const onRun = (record: RunRecord): void => {
    done.push(record);
    reporting = reporting.then(() => reports.run(record));
  };
  const bytes = wish.capture !== undefined || outputs.destinations.some(({ reporter }) => reporter.bytes);
  const options = {
    ...suiteOptions(wish, bytes, signal, onRun),
    ...(wish.client && (await besideModel(wish.client, wish, tools, signal))),
  };
  const suite =
    wish.workers > 1 ? engine.runInWorkers(scenarios, options, wish.workers) : engine.runSuite(scenarios, options);
  const result = await finished(suite, signal, done);
  await reporting;
  await reports.end(result);
  wish.heard?.(result);
  await keepLastRun(result, wish.output, tools.files);
  for (const { name, error } of reports.failures)
    tools.stderr.write(`the reporter '${name}' broke: ${error.message}\n`);
  if (tools.signal.reason instanceof Stopped) return tools.signal.reason.exitCode;
  if (timeIsUp.signal.aborted) {
    tools.stderr.write(`time is up after ${done.length} of ${scenarios.length} runs\n`);
    return exitCodes.time;
  }
  return codeOf(result, reports.failures.length > 0);
}

/** The lab and the browsers have this namespace for themselves. */
async function besideModel(
  { browser, program }: RealClient,
  { runTimeout }: SuiteWish,
  { env }: Tools,
  signal: AbortSignal,
) {
  const { prepareNamespace } = await import('../beside/wiring.ts');
  const { runBeside } = await import('../beside/beside.ts');
  await prepareNamespace(env);
  return { run: (scenario: Scenario) => runBeside(scenario, { browser, program, env, timeout: runTimeout, signal }) };
}

function suiteOptions(
  { clock, runTimeout, maxFailures }: SuiteWish,
  bytes: boolean,
  signal: AbortSignal,
  onRun: (record: RunRecord) => void,
): SuiteOptions {
  const options: SuiteOptions = { clock, bytes, timeout: runTimeout, signal, onRun };
  if (maxFailures !== undefined) options.maxFailures = maxFailures;
  return options;
}

/** The result, or what there is of it when the user or the time stopped the suite. */
async function finished(
  suite: Promise<RunResult>,
  signal: AbortSignal,
  done: readonly RunRecord[],
): Promise<RunResult> {
  try {
    return await suite;
  } catch (error) {
    if (!signal.aborted) throw error;
    return resultOf(done);
  }
}

/** An expectation that was not met is definite; a lab that could not run may do so next time. */
export function codeOf({ summary }: RunResult, reporterBroke: boolean): number {
  if (summary.failed > 0) return exitCodes.no;
  return summary.broken > 0 || reporterBroke ? exitCodes.machine : exitCodes.yes;
}
