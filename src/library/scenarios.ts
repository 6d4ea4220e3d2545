/** Scenarios run by a program: the same records as `paclab run --json`. */
import type { RunResult } from '../run/record.ts';
import { runSuite } from '../run/suite.ts';
import type { SuiteOptions } from '../run/suite.ts';
import { loadSource } from './load.ts';
import type { ScenarioSource } from './load.ts';

/** Runs files, folders, or objects. Throws InputError when one of them cannot be used; nothing has run then. */
export async function runScenarios(
  sources: ScenarioSource | readonly ScenarioSource[],
  options: Partial<SuiteOptions> = {},
): Promise<RunResult> {
  const all = Array.isArray(sources) ? (sources as readonly ScenarioSource[]) : [sources as ScenarioSource];
  const scenarios = (await Promise.all(all.map((source) => loadSource(source)))).flat();
  return runSuite(scenarios, { clock: 'virtual', bytes: false, timeout: 30_000, ...options });
}
