/**
 * Combinations of faults derived from the shipped scenarios: one is the world, the faults of others are laid over it
 * where they fit. Nothing but the two tables beside is written by hand.
 */
import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

import { seededChance } from '../../../src/chance.ts';
import type { Finding } from '../../../src/finding.ts';
import { runScenario } from '../../../src/run/run.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import type { TraceEvent } from '../../../src/trace/events.ts';
import { tools } from '../../kit/scenarios.ts';
import { areApart, carried, lay, sourcesOf } from './sources.ts';
import type { Body, Source } from './sources.ts';

interface Ran {
  events: readonly TraceEvent[];
  findings: readonly Finding[];
}

/** Undefined where the body makes no scenario, or its run breaks. */
async function runBody(body: Body, { file }: Source): Promise<Ran | undefined> {
  try {
    const [scenario] = await loadScenario(stringify({ ...body, expect: { diagnosis: 'none' } }), file, tools);
    if (!scenario) return undefined;
    const { events, findings, broken } = await runScenario(scenario, {
      clock: 'virtual',
      bytes: false,
      timeout: 20_000,
    });
    return broken ? undefined : { events, findings };
  } catch {
    return undefined;
  }
}

const names = (finding: Finding, id: string): boolean =>
  finding.id === id || finding.alternatives.some((other) => other.id === id);

/** What differs from run to run, or only joins events. */
const passing = new Set([
  'conn',
  'upstream',
  'request',
  'id',
  'span',
  'afterMs',
  'ms',
  'waited',
  'from',
  'headers',
  'length',
  'why',
  'says',
  'script',
  'evaluation',
  'pen',
  'date',
  'bytes',
  'number',
  'serial',
  'certificate',
  'chain',
  'token',
]);

const keyOf = ({ type, by, data }: TraceEvent): string =>
  JSON.stringify([type, by, Object.entries(data).filter(([name]) => !passing.has(name))]);

/** The evidence of some findings, without what is only of that run. */
function evidenceOf({ events, findings }: Ran, id: string): Set<string> {
  const numbers = new Set(findings.filter((finding) => names(finding, id)).flatMap(({ evidence }) => evidence));
  return new Set(events.filter(({ seq }) => numbers.has(seq)).map(keyOf));
}

const shows = ({ events }: Ran, evidence: ReadonlySet<string>): boolean => {
  const seen = new Set(events.map(keyOf));
  return [...evidence].every((key) => seen.has(key));
};

/** What a combination has come to. */
export interface DerivedOutcome {
  injected: string[];
  visible: string[];
  findings: readonly Finding[];
  /** Evidence is there, and no finding names it; nor does one that it gives way to. */
  missed: string[];
  /** Found, and neither injected nor a part of what was. */
  invented: string[];
}

interface Injected {
  id: string;
  evidence: ReadonlySet<string>;
}

const table = async (name: string): Promise<Record<string, string[]>> =>
  parse(await readFile(`${import.meta.dirname}/${name}`, 'utf8')) as Record<string, string[]>;
const standsFor = await table('stands-for.yaml');
const givesWay = await table('gives-way.yaml');

/** Two or three faults at once by chance, each of which is found, alone, when it is the only one in that world. */
export async function* derived(count: number, seed: number): AsyncGenerator<DerivedOutcome> {
  const sources = await sourcesOf(seed);
  const chance = seededChance(seed);
  const pick = (): Source => sources[chance.below(sources.length)] as Source;
  for (let made = 0; made < count;) {
    const world = pick();
    const wanted = 1 + chance.below(2);
    const laid: Laid[] = [];
    for (let tries = 0; tries < mostTries && laid.length < wanted; tries += 1) {
      const one = await layOver(world, pick(), laid);
      if (one) laid.push(one);
    }
    const outcome = await outcomeOf(world, laid);
    if (!outcome) continue;
    made += 1;
    yield outcome;
  }
}

const mostTries = 12;

/** One combination by its ids, the world first; undefined where it does not fit together any more. */
export async function combined([first, ...others]: readonly string[], sources: readonly Source[]) {
  const named = (id: string | undefined): Source | undefined => sources.find((source) => source.id === id);
  const world = named(first);
  if (!world) return undefined;
  const laid: Laid[] = [];
  for (const other of others.map(named)) {
    const one = other && (await layOver(world, other, laid));
    if (!one) return undefined;
    laid.push(one);
  }
  return outcomeOf(world, laid);
}

interface Laid extends Injected {
  fault: Body;
}

/** The fault of another scenario, where it is found alone in this world. */
async function layOver(world: Source, source: Source, laid: readonly Laid[]): Promise<Laid | undefined> {
  const { id } = source;
  if (source === world || laid.some((one) => one.id === id)) return undefined;
  const fault = carried(source, world);
  if (!fault || ![world.fault, ...laid.map((one) => one.fault)].every((other) => areApart(other, fault)))
    return undefined;
  const alone = await runBody(lay(world.healthy, fault) as Body, world);
  if (!alone || alone.findings.length === 0 || !alone.findings.every((finding) => names(finding, id))) return undefined;
  return { id, fault, evidence: evidenceOf(alone, id) };
}

async function outcomeOf(world: Source, laid: readonly Laid[]): Promise<DerivedOutcome | undefined> {
  if (laid.length === 0) return undefined;
  const own = await runBody(world.faulty, world);
  const ran = await runBody(laid.reduce<unknown>((below, { fault }) => lay(below, fault), world.faulty) as Body, world);
  return own && ran && judged([{ id: world.id, evidence: evidenceOf(own, world.id) }, ...laid], ran);
}

function judged(injected: readonly Injected[], ran: Ran): DerivedOutcome {
  const { findings } = ran;
  const found = (id: string): boolean => findings.some((finding) => names(finding, id));
  const visible = injected.filter(({ evidence }) => shows(ran, evidence));
  const meant = injected.flatMap(({ id }) => [id, ...(standsFor[id] ?? [])]);
  return {
    injected: injected.map(({ id }) => id),
    visible: visible.map(({ id }) => id),
    findings,
    missed: visible.flatMap(({ id }) => (found(id) || (givesWay[id] ?? []).some(found) ? [] : [id])),
    invented: findings.filter((finding) => !meant.some((id) => names(finding, id))).map(({ id }) => id),
  };
}
