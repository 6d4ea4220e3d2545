/** `run --why-not ID`: of each run, what of the evidence for a diagnosis is there, and what is missing. */
import { sayRunShortly } from '../run/record.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { causeCalled, sayWhyNotCause } from './cause.ts';
import { exitCodes } from './tools.ts';
import type { Tools } from './tools.ts';

/** Gives the exit code: 1 when a lab could not run. Throws InputError for an id that is none. */
export async function explainRuns(
  id: string,
  scenarios: readonly Scenario[],
  { clock, timeout }: { clock: 'virtual' | 'real'; timeout: number },
  tools: Tools,
): Promise<number> {
  const { rules, whyNot } = await import('../diagnosis/index.ts');
  const cause = causeCalled(id, rules);
  const engine = await tools.engine();
  const { signal, stdout } = tools;
  const { runs } = await engine.runSuite(scenarios, { clock, timeout, bytes: false, signal });
  for (const run of runs) {
    const said = run.broken
      ? `${run.broken.message}\n`
      : sayWhyNotCause(cause, (rule) => whyNot(run.events, rule), run.events, stdout.screen);
    stdout.write(`${sayRunShortly(run)}: ${said}`);
  }
  return runs.some(({ verdict }) => verdict === 'broken') ? exitCodes.machine : exitCodes.yes;
}
