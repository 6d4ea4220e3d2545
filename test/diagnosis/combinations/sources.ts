/** The faults of the shipped scenarios: what `healthy:` turns off, as an overlay that can be laid over another world. */
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';

import { seededChance } from '../../../src/chance.ts';
import type { Chance } from '../../../src/chance.ts';
import { readDocument } from '../../../src/scenario/document.ts';
import { extendSection } from '../../../src/scenario/extends.ts';
import { twinOf } from '../../../src/scenario/healthy.ts';
import { isMapping } from '../../../src/scenario/matrix.ts';
import { presets } from '../../../src/scenario/presets/index.ts';
import { shippedScenarios } from '../../kit/scenarios.ts';

export type Body = Record<string, unknown>;

/** One row of a scenario, as its file writes it. */
export interface Source {
  id: string;
  file: string;
  /** With its fault, and with it turned off; steps expect nothing. */
  faulty: Body;
  healthy: Body;
  /** The fault alone, as an overlay on another world. */
  fault: unknown;
}

/** Every scenario that has a fault, one row of each by chance. */
export async function sourcesOf(seed: number): Promise<Source[]> {
  const files = new Map((await shippedScenarios()).filter(hasFault).map(({ file, model: { id } }) => [file, id]));
  const sources: Source[] = [];
  for (const [file, id] of files) {
    // Of its own, so that a scenario more or less changes no other.
    const chance = seededChance(seed * 65_521 + sumOf(id));
    const body = extended(oneRow(parse(await readFile(file, 'utf8')) as Body, chance));
    const { healthy: overlay, ...faulty } = body;
    const healthy = twinOf(faulty, overlay);
    const fault = faultOf(overlay, faulty, healthy);
    sources.push({ id, file, faulty: twinOf(faulty, {}), healthy, fault });
  }
  return sources;
}

/** With the presets written out: rules that come on top of theirs are not to take their place. */
function extended(body: Body): Body {
  const { value } = extendSection(nowhere, 'lab', body['lab'], presets);
  return { ...body, lab: value };
}

/** No problem is to be placed: all these files load. */
const nowhere = readDocument('{}', '');

const sumOf = (text: string): number => Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 65_521, 7);

const hasFault = ({ model: { tags }, twin }: Awaited<ReturnType<typeof shippedScenarios>>[number]): boolean =>
  twin !== null && !tags.includes('story') && !tags.includes('baseline');

/** `$(matrix.x)` and `$(vars.x)` filled in; one value of each list. */
function oneRow({ matrix, vars, ...body }: Body, chance: Chance): Body {
  const lists = Object.entries((matrix ?? {}) as Record<string, unknown[]>);
  const names: Body = {
    matrix: Object.fromEntries(lists.map(([name, list]) => [name, list[chance.below(list.length)]])),
    vars,
  };
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (isMapping(value))
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [String(fill(key)), fill(each)]));
    if (typeof value !== 'string') return value;
    const whole = /^\$\(([^)]+)\)$/.exec(value)?.[1];
    if (whole !== undefined) return fill(at(names, whole));
    return value.replaceAll(/\$\(([^)]+)\)/g, (_, path: string) => String(at(names, path)));
  };
  return fill(body) as Body;
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (isMapping(inner) ? inner[key] : undefined), value);

/** What the overlay took away or changed, as it was: the overlay turned round. Undefined where nothing is left of it. */
function faultOf(overlay: unknown, faulty: unknown, healthy: unknown, key = ''): unknown {
  if (key === 'rules' && Array.isArray(faulty)) return withoutUsual(faulty, healthy);
  if (!isMapping(overlay) || !isMapping(faulty) || !isMapping(healthy)) return faulty ?? null;
  return Object.fromEntries(
    Object.entries(overlay).map(([key, value]) => [key, faultOf(value, faulty[key], healthy[key], key)]),
  );
}

/** Rules that stand in the healthy world, too, are no fault. */
const withoutUsual = (faulty: readonly unknown[], healthy: unknown): unknown[] =>
  faulty.filter((one) => !Array.isArray(healthy) || healthy.every((other) => !isDeepStrictEqual(one, other)));

/** Faults of the network and of clients can be carried elsewhere; those of what somebody does stay in their story. */
const portable = ['lab', 'clients'];

/** A fault in another world: the client of that world takes the place of its own. Undefined where it does not fit. */
export function carried(source: Source, world: Source): Body | undefined {
  const { fault, file } = source;
  if (!isMapping(fault) || Object.keys(fault).some((section) => !portable.includes(section))) return undefined;
  const moved = file === world.file ? fault : withFilesOf(fault, dirname(file), dirname(world.file));
  return isMapping(moved) && fits(moved, world.healthy) && hasProxiesOf(source, moved, world) ? moved : undefined;
}

/** Only into parts that are there: a rule for a proxy wants that proxy. */
function fits(fault: Body, body: Body): boolean {
  const clients = isMapping(body['clients']) ? body['clients'] : {};
  const wanted = isMapping(fault['clients']) ? Object.keys(fault['clients']) : [];
  return wanted.every((name) => Object.hasOwn(clients, name));
}

/** A script that names a proxy which its own network knows and this one does not would bring a second fault. */
function hasProxiesOf({ faulty }: Source, fault: Body, world: Source): boolean {
  const named = JSON.stringify(fault).matchAll(/\b(?:PROXY|HTTPS?|SOCKS[45]?) ([\w.-]+):\d+/g);
  const [there, here] = [recordsIn(faulty), recordsIn(lay(world.healthy, fault))];
  return [...named].every(([, host = '']) => !there.has(host) || here.has(host));
}

/** The names that DNS knows. */
function recordsIn(body: unknown): ReadonlySet<string> {
  const records = at(body, 'lab.dns.records');
  return new Set(isMapping(records) ? Object.keys(records) : []);
}

/** Files that the fault names are found from the world's folder. */
function withFilesOf(value: unknown, from: string, to: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => withFilesOf(each, from, to, key));
  if (isMapping(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withFilesOf(each, from, to, name)]));
  const isFile = ['import', 'bodyFile', 'pac'].includes(key) && typeof value === 'string' && !value.startsWith('../');
  return isFile && from !== to ? `../${basename(from)}/${value}` : value;
}

/** Paths to everything that the overlay says; lists count as one, but for rules, which add up. */
function* leaves(value: unknown, path: readonly string[] = []): Generator<string> {
  if (isMapping(value)) for (const [key, each] of Object.entries(value)) yield* leaves(each, [...path, key]);
  else if (path.at(-1) !== 'rules') yield path.join('/');
}

/** Two faults of one part of a network cannot be there at once. */
export function areApart(one: unknown, other: unknown): boolean {
  const paths = [...leaves(one)];
  return [...leaves(other)].every((path) => paths.every((known) => !path.startsWith(known) && !known.startsWith(path)));
}

/** Mappings merge, null takes a key away, rules go in front of those below. */
export function lay(below: unknown, above: unknown, key = ''): unknown {
  if (key === 'rules' && Array.isArray(above)) return [...above, ...(Array.isArray(below) ? below : [])];
  if (!isMapping(above)) return above;
  const result: Body = isMapping(below) && !otherKind(below, above) ? { ...below } : {};
  for (const [name, value] of Object.entries(above)) {
    // eslint-disable-next-line typescript/no-dynamic-delete
    if (value === null) delete result[name];
    else result[name] = lay(result[name], value, name);
  }
  return result;
}

const otherKind = (below: Body, above: Body): boolean => above['kind'] !== undefined && above['kind'] !== below['kind'];
