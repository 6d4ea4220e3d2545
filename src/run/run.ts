/** One scenario, run once: lab, clients, steps, judgement, diagnosis; a record comes out, whatever happens. */
import { wallClock, wallDeadline } from '../clock.ts';
import { diagnose } from '../diagnosis/index.ts';
import { judge, judgeStep } from '../expect/index.ts';
import { startLab } from '../lab/lab.ts';
import type { Lab } from '../lab/lab.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { verbOf } from '../step/spec.ts';
import type { Stage } from '../step/step.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Finding } from '../finding.ts';
import { buildClients } from './clients.ts';
import type { Judgement, RunRecord } from './record.ts';
import { isSniffed, sniffersIn } from './sniffers.ts';

export interface RunOptions {
  clock: 'virtual' | 'real';
  /** Keeps every byte in the trace. */
  bytes: boolean;
  /** Limit in wall time, in milliseconds; a run that takes longer is broken. */
  timeout: number;
  signal?: AbortSignal;
  onEvent?: (event: TraceEvent) => void;
}

/** Never throws for what happens in the lab: a lab that cannot run gives a record with the verdict `broken`. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunRecord> {
  const began = wallClock();
  const played = await play(scenario, options);
  const findings = diagnose(played.events);
  const expectations = judgeAll(scenario, played.events, findings);
  const verdict =
    played.broken !== undefined ? 'broken' : expectations.every(({ passed }) => passed) ? 'passed' : 'failed';
  return {
    id: scenario.model.id,
    row: scenario.row,
    file: scenario.file,
    name: scenario.model.name,
    tags: scenario.model.tags,
    verdict,
    ...(played.broken === undefined ? {} : { broken: { message: played.broken } }),
    expectations,
    findings,
    events: played.events,
    wallMs: Math.round((wallClock() - began) * 10) / 10,
    labMs: played.labMs,
  };
}

/** Steps first, in their order; then the scenario's own expectations. */
function judgeAll({ model, at }: Scenario, events: readonly TraceEvent[], findings: readonly Finding[]): Judgement[] {
  const ofSteps = model.steps.flatMap((parsed, step) => {
    const expected = parsed['expect'];
    return expected ? judgeStep(expected, events, { step, at: (path) => at(['steps', step, 'expect', ...path]) }) : [];
  });
  const own = model.expect ? judge(model.expect, { events, findings }, { at: (path) => at(['expect', ...path]) }) : [];
  return [...ofSteps, ...own].map(({ at: { line, column }, ...judged }) => ({ ...judged, at: { line, column } }));
}

interface Played {
  events: readonly TraceEvent[];
  labMs: number;
  broken?: string;
}

async function play(scenario: Scenario, options: RunOptions): Promise<Played> {
  let lab: Lab | undefined;
  try {
    lab = await startLab(scenario, { ...options, sniffed: isSniffed(scenario) });
    const { trace, clock } = lab;
    if (options.onEvent) trace.listen(options.onEvent);
    await withinLimits(walk(scenario, lab), options);
    return { events: trace.events, labMs: clock.now() };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { events: lab?.trace.events ?? [], labMs: lab?.clock.now() ?? 0, broken: message };
  } finally {
    await lab?.[Symbol.asyncDispose]();
  }
}

async function walk(scenario: Scenario, lab: Lab): Promise<void> {
  using clients = buildClients(scenario, lab);
  const stage: Stage = {
    clock: lab.clock,
    change: lab.change,
    sniffers: sniffersIn(scenario, lab),
    client(name) {
      const client = clients.get(name);
      if (!client) throw new Error(`the loader let an unknown client pass: ${name}`);
      return client;
    },
  };
  await takeSteps(scenario, stage, { ...lab, idle: () => clients.idle() });
}

type Playing = Pick<Lab, 'trace' | 'net'> & { idle: () => Promise<void> };

async function takeSteps({ model }: Scenario, stage: Stage, { trace, net, idle }: Playing): Promise<void> {
  const pen = trace.pen('step');
  for (const [index, parsed] of model.steps.entries()) {
    const { step, options } = verbOf(parsed);
    pen.write('step.started', { step: index, kind: step.verb, says: step.says(options) });
    await step.run(options, stage);
    await idle();
    await net.settled();
    pen.write('step.finished', { step: index });
  }
}

/** Rejects when wall time runs out or the user stops the run. */
async function withinLimits(work: Promise<void>, { timeout, signal }: RunOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const deadline = wallDeadline(timeout, () =>
      reject(new Error(`the run took longer than ${timeout / 1000} s of wall time`)),
    );
    const stop = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      deadline[Symbol.dispose]();
      signal?.removeEventListener('abort', stop);
    });
  });
}
