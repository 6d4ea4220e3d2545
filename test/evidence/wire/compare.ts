/**
 * What the wire alone shows of a scenario: run with bytes, written as pcapng, read back, diagnosed by the same rules, and
 * compared with what the whole trace tells.
 */
import { toPcapng } from '../../../src/capture/pcapng.ts';
import { diagnose, rules } from '../../../src/diagnosis/index.ts';
import { runScenario } from '../../../src/run/run.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { TraceEvent } from '../../../src/trace/events.ts';
import { read, sealed } from '../kit.ts';

/**
 * `same`: the finding of the trace. `group`: the trace's is among its alternatives. `general`: true of the trace as well,
 * where a more exact cause explains it. `nothing`: silent where the trace speaks. `healthy`: both silent. `wrong`: anything
 * else.
 */
export const verdicts = ['same', 'group', 'general', 'nothing', 'healthy', 'wrong'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Compared {
  verdict: Verdict;
  found: string[];
  why: string[];
}

/** `keys: false` takes the secrets of TLS out of the capture. */
export async function compare(scenario: Scenario, { keys = true } = {}): Promise<Compared> {
  const record = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
  const file = toPcapng({ title: record.id, events: record.events });
  const { events } = await read(keys ? file : sealed(file));
  const found = diagnose(events);
  const own = new Set(record.findings.flatMap(({ id, alternatives }) => [id, ...alternatives.map((one) => one.id)]));
  const symptoms = found.length > 0 ? symptomsOf(record.events) : new Set<string>();
  const kinds = found.map(({ id, alternatives }): Verdict => {
    if (own.has(id)) return 'same';
    if (alternatives.some((one) => own.has(one.id))) return 'group';
    return symptoms.has(id) || alternatives.some((one) => symptoms.has(one.id)) ? 'general' : 'wrong';
  });
  const silent = record.findings.length > 0 ? 'nothing' : 'healthy';
  const order: readonly Verdict[] = ['wrong', 'same', 'group', 'general'];
  const verdict = order.find((one) => kinds.includes(one)) ?? silent;
  return { verdict, found: found.map(({ id }) => id), why: found.map(({ why }) => why) };
}

/** What every rule says when none explains another's evidence away. */
const symptomsOf = (events: readonly TraceEvent[]): Set<string> =>
  new Set(rules.flatMap((rule) => diagnose(events, [rule]).map(({ id }) => id)));
