/**
 * The front door for scenario files: YAML, presets, matrix, references, schema, in this order, and every mistake of
 * the file at once.
 */
import type { z } from 'zod';

import { InputError } from '../failure.ts';
import type { Problem, SourcePlace } from '../failure.ts';
import { readDocument } from './document.ts';
import type { Document, Path } from './document.ts';
import { extendSection } from './extends.ts';
import type { Presets } from './extends.ts';
import { twinOf } from './healthy.ts';
import { isMapping, rowsOf, varsOf } from './matrix.ts';
import type { Row } from './matrix.ts';
import { sortProblems } from './problems.ts';
import { expandReferences } from './references.ts';
import type { Names } from './references.ts';
import { validate } from './validate.ts';

export interface ScenarioRow<T> {
  /** The values of this row by name; empty when the file has no matrix. */
  row: Row;
  value: T;
  /** The same with the fault turned off, when the file says how. */
  twin: T | null;
  /** Where a value stands in the file: itself when it is one word, its key when it is a mapping or a list. */
  at(path: Path): SourcePlace;
  /** A mistake that only a second look can find (a proxy that does not exist), at its place. */
  problem(path: Path, message: string, options?: { hint?: string | undefined; at?: 'key' | 'value' }): Problem;
}

export interface ReadOptions {
  /** What `lab: { extends: name }` may name. */
  presets?: Presets;
}

/** The section that may say `extends`. */
const extendable = 'lab';

/**
 * Reads one file. `matrix`, `vars` and `lab.extends` are used up here, so `schema` never sees them.
 * Throws InputError with all problems of all rows.
 */
export function readScenarioFile<S extends z.ZodType>(
  input: string | Uint8Array,
  file: string,
  schema: S,
  { presets = {} }: ReadOptions = {},
): { rows: ScenarioRow<z.output<S>>[] } {
  const document = readDocument(input, file);
  const { body, rows, vars, healthy, problems } = prepare(document, presets);
  const healed = (row: Row): unknown => expandRow(document, healthy, row, vars).value;
  const good: ScenarioRow<z.output<S>>[] = [];
  for (const row of rows ?? [{}]) {
    const expanded = expandRow(document, body, row, vars);
    const valid = validate(schema, document, expanded.value);
    // Without rows, every `$(matrix.x)` would be unknown: the broken matrix says enough.
    if (rows) problems.push(...expanded.problems);
    if (!valid.ok) problems.push(...valid.problems.filter((problem) => !standsAt(problem, expanded.problems)));
    const twin =
      valid.ok && healthy !== undefined
        ? validate(schema, document, twinOf(expanded.value as Mapping, healed(row)))
        : null;
    if (twin && !twin.ok)
      problems.push(
        ...twin.problems.map((problem) => ({ ...problem, message: `with the fault turned off: ${problem.message}` })),
      );
    if (valid.ok && (twin === null || twin.ok)) good.push(rowOf(document, row, valid.value, twin?.value ?? null));
  }
  if (problems.length > 0) throw new InputError(sortProblems(problems));
  return { rows: good };
}

const rowOf = <T>(document: Document, row: Row, value: T, twin: T | null): ScenarioRow<T> => ({
  row,
  value,
  twin,
  at: (path) => document.at(path),
  problem: (path, message, options) => document.problem(path, message, options),
});

type Mapping = Readonly<Record<string, unknown>>;

interface Prepared {
  body: unknown;
  /** Undefined when the matrix is broken. */
  rows: readonly Row[] | undefined;
  vars: Names;
  /** The overlay that turns the fault off. */
  healthy: unknown;
  problems: Problem[];
}

function prepare(document: Document, presets: Presets): Prepared {
  if (!isMapping(document.value))
    return { body: document.value, rows: [{}], vars: {}, healthy: undefined, problems: [] };
  const { matrix, vars, healthy, ...body } = document.value;
  const lists = expandReferences(document, matrix, { vars: isMapping(vars) ? vars : {} }, ['matrix']);
  const table = rowsOf(document, lists.value);
  const values = varsOf(document, vars);
  const extended = extendSection(document, extendable, body[extendable], presets);
  if (extended.value !== undefined) body[extendable] = extended.value;
  const problems = [...lists.problems, ...table.problems, ...values.problems, ...extended.problems];
  return { body, rows: table.problems.length === 0 ? table.rows : undefined, vars: values.vars, healthy, problems };
}

/** Variables may name the matrix, everything else may name both. */
function expandRow(document: Document, body: unknown, row: Row, vars: Names): { value: unknown; problems: Problem[] } {
  const ready = expandReferences(document, vars, { matrix: row }, ['vars']);
  const expanded = expandReferences(document, body, { matrix: row, vars: isMapping(ready.value) ? ready.value : {} });
  return { value: expanded.value, problems: [...ready.problems, ...expanded.problems] };
}

/** A complaint about a value whose reference is already complained about says nothing new. */
const standsAt = ({ at }: Problem, others: readonly Problem[]): boolean =>
  others.some((other) => other.at?.line === at?.line && other.at?.column === at?.column);
