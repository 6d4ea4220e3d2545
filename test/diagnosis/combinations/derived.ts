/**
 * Combinations of faults derived from the shipped scenarios: one is the world, the faults of others are laid over it
 * where they fit. Nothing but the two tables beside is written by hand.
 */
import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

import { seededChance } from '../../../src/chance.ts';
import { diagnose, evidenceIn, ruleFor } from '../../../src/diagnosis/diagnose.ts';
import type { Finding } from '../../../src/finding.ts';
import { runScenario } from '../../../src/run/run.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import type { TraceEvent } from '../../../src/trace/events.ts';
import { tools } from '../../kit/scenarios.ts';
import { keysOf } from './keys.ts';
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

/** The evidence of each occurrence of a fault, without what is only of that run. */
function occurrencesOf({ events, findings }: Ran, id: string): string[][] {
  const view = evidenceIn(events);
  const keys = keysOf(events);
  return findings.flatMap((finding) => {
    if (!names(finding, id)) return [];
    const own = new Set(finding.evidence);
    const matches = ruleFor(finding.id)?.find(view) ?? [];
    return matches
      .filter(({ evidence }) => evidence.every((seq) => own.has(seq)))
      .map(({ evidence }) => [...new Set(evidence)].flatMap((seq) => keys.get(seq) ?? []));
  });
}

/** One whole occurrence is there, each event as often as it takes. */
function shows({ events }: Ran, occurrences: readonly (readonly string[])[]): boolean {
  const seen = countOf([...keysOf(events).values()]);
  return occurrences.some((keys) => [...countOf(keys)].every(([key, times]) => (seen.get(key) ?? 0) >= times));
}

function countOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const count = new Map<string, number>();
  for (const key of keys) count.set(key, (count.get(key) ?? 0) + 1);
  return count;
}

/**
 * A finding is a part of a fault that another fault hides when the same rule finds it by the same sign where that fault
 * is alone, as a consequence of it; or when nothing is in its evidence but what that fault alone leaves, a sign of it
 * included. A sign is what the healthy world does not show.
 */
function isPartOf(finding: Finding, ran: Ran, { alone, occurrences }: Injected, healthy: Ran): boolean {
  const usual = keysIn(healthy);
  const own = new Set(finding.evidence);
  // How the request ended is not of this fault alone.
  const shown = new Set(ran.events.filter(({ seq, type }) => own.has(seq) && type !== 'client.finished').map(seqOf));
  const seen = [...keysOf(ran.events)].flatMap(([seq, key]) => (shown.has(seq) ? [key] : []));
  const hasSign = (signs: ReadonlySet<string>): boolean => seen.some((key) => signs.has(key) && !usual.has(key));
  const rule = ruleFor(finding.id);
  const again = new Set(rule && diagnose(alone.events, [rule]).flatMap((found) => found.evidence));
  if (hasSign(new Set([...keysOf(alone.events)].flatMap(([seq, key]) => (again.has(seq) ? [key] : []))))) return true;
  const left = keysIn(alone);
  return hasSign(new Set(occurrences.flat())) && seen.every((key) => left.has(key));
}

const seqOf = ({ seq }: TraceEvent): number => seq;

const keysIn = ({ events }: Ran): Set<string> => new Set(keysOf(events).values());

/** What a combination has come to. */
export interface DerivedOutcome {
  injected: string[];
  visible: string[];
  findings: readonly Finding[];
  /** Found, and a part of a fault that is not visible as a whole. */
  parts: string[];
  /** Evidence is there, and no finding names it; nor does one that it gives way to. */
  missed: string[];
  /** Found, and neither injected nor a part of what was. */
  invented: string[];
}

interface Injected {
  id: string;
  occurrences: readonly (readonly string[])[];
  /** What it leaves in this world when it is the only fault. */
  alone: Ran;
}

const table = async (name: string): Promise<Record<string, string[]>> =>
  parse(await readFile(`${import.meta.dirname}/${name}`, 'utf8')) as Record<string, string[]>;
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
  return { id, fault, alone, occurrences: occurrencesOf(alone, id) };
}

async function outcomeOf(world: Source, laid: readonly Laid[]): Promise<DerivedOutcome | undefined> {
  if (laid.length === 0) return undefined;
  const healthy = await runBody(world.healthy, world);
  const own = await runBody(world.faulty, world);
  const ran = await runBody(laid.reduce<unknown>((below, { fault }) => lay(below, fault), world.faulty) as Body, world);
  if (!healthy || !own || !ran) return undefined;
  return judged([{ id: world.id, alone: own, occurrences: occurrencesOf(own, world.id) }, ...laid], ran, healthy);
}

function judged(injected: readonly Injected[], ran: Ran, healthy: Ran): DerivedOutcome {
  const { findings } = ran;
  const ids = injected.map(({ id }) => id);
  const found = (id: string): boolean => findings.some((finding) => names(finding, id));
  const visible = injected.filter(({ occurrences }) => shows(ran, occurrences));
  const hidden = injected.filter((one) => !visible.includes(one));
  const others = findings.filter((finding) => !ids.some((id) => names(finding, id)));
  const parts = others.filter((finding) => hidden.some((one) => isPartOf(finding, ran, one, healthy)));
  return {
    injected: ids,
    visible: visible.map(({ id }) => id),
    findings,
    parts: parts.map(({ id }) => id),
    missed: visible.flatMap(({ id }) => (found(id) || (givesWay[id] ?? []).some(found) ? [] : [id])),
    invented: others.filter((finding) => !parts.includes(finding)).map(({ id }) => id),
  };
}
