/** Random combinations of faults over one healthy network: the same seed, the same combinations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

import { seededChance } from '../../../src/chance.ts';
import type { Chance } from '../../../src/chance.ts';
import { eventMatcher, matchesEvent } from '../../../src/expect/event-matcher.ts';
import type { Finding } from '../../../src/finding.ts';
import { runScenario } from '../../../src/run/run.ts';
import { isMapping } from '../../../src/scenario/matrix.ts';
import type { TraceEvent } from '../../../src/trace/events.ts';
import { scenarioFrom } from '../../kit/scenarios.ts';

export interface Fault {
  id: string;
  part: string;
  /** Other ids that may stand for it. */
  or?: string[];
  lay: unknown;
  mark: unknown;
}

const here = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

export const network: unknown = parse(here('network.yaml'));
export const faults = parse(here('faults.yaml')) as Fault[];

/** One to three faults, each of another part of the network. */
export function* combinations(count: number, seed: number): Generator<Fault[]> {
  const chance = seededChance(seed);
  for (let made = 0; made < count; made += 1) yield combination(chance);
}

function combination(chance: Chance): Fault[] {
  const wanted = 1 + chance.below(3);
  const chosen: Fault[] = [];
  while (chosen.length < wanted) {
    const fault = faults[chance.below(faults.length)];
    if (fault && chosen.every(({ part }) => part !== fault.part)) chosen.push(fault);
  }
  return chosen.toSorted((left, right) => faults.indexOf(left) - faults.indexOf(right));
}

export interface Outcome {
  injected: string[];
  /** Those whose mark is in the trace. */
  visible: string[];
  findings: readonly Finding[];
  /** Visible, and no finding names it. */
  missed: string[];
  /** Found, and neither injected nor another name for something injected. */
  invented: string[];
}

export async function run(chosen: readonly Fault[]): Promise<Outcome> {
  const body = chosen.reduce((below, { lay: above }) => lay(below, above), network);
  const [scenario] = await scenarioFrom(stringify(body));
  if (!scenario) throw new Error('the combination gives no scenario');
  const { events, findings, broken } = await runScenario(scenario, { clock: 'virtual', bytes: false, timeout: 20_000 });
  if (broken) throw new Error(broken.message);
  const visible = chosen.filter((fault) => leavesMark(fault, events));
  const injected = idsOf(chosen);
  const meant = chosen.flatMap(standsAs);
  return {
    injected,
    visible: idsOf(visible),
    findings,
    missed: idsOf(visible.filter((fault) => !standsAs(fault).some((id) => findings.some((found) => names(found, id))))),
    invented: findings.filter((finding) => !meant.some((id) => names(finding, id))).map(({ id }) => id),
  };
}

const idsOf = (chosen: readonly Fault[]): string[] => chosen.map(({ id }) => id);

const standsAs = ({ id, or = [] }: Fault): string[] => [id, ...or];

const names = (finding: Finding, id: string): boolean =>
  finding.id === id || finding.alternatives.some((other) => other.id === id);

function leavesMark({ mark }: Fault, events: readonly TraceEvent[]): boolean {
  const wanted = [mark].flat().map((each) => eventMatcher.parse(each));
  return wanted.every((each) => events.some((event) => matchesEvent(each, event)));
}

/** Mappings merge, null takes a key away, items of lists go in front of those below: rules are first match wins. */
function lay(below: unknown, above: unknown): unknown {
  if (Array.isArray(above) && Array.isArray(below)) return [...above, ...below];
  if (!isMapping(above)) return above;
  const result: Record<string, unknown> = isMapping(below) ? { ...below } : {};
  for (const [key, value] of Object.entries(above)) {
    // eslint-disable-next-line typescript/no-dynamic-delete
    if (value === null) delete result[key];
    else result[key] = lay(result[key], value);
  }
  return result;
}
