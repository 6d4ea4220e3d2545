/** What a schema allows at a path: the words for "did you mean". Reads zod's definitions and never validates. */
import type { z } from 'zod';

import type { Path } from './document.ts';

export type Schema = z.core.$ZodType;

/** The fields of zod's definitions that matter here; which of them exist depends on `type`. */
interface Definition {
  type: string;
  innerType?: Schema;
  getter?: () => Schema;
  in?: Schema;
  out?: Schema;
  options?: readonly Schema[];
  left?: Schema;
  right?: Schema;
  shape?: Readonly<Record<string, Schema>>;
  valueType?: Schema;
  element?: Schema;
  items?: readonly Schema[];
  rest?: Schema | null;
  values?: readonly unknown[];
}

// zod publishes the definition of every type as `_zod.def`; its exact type is a union of forty that share these fields.
const definition = (schema: Schema): Definition => schema._zod.def;

/** A schema without its wrappers: the plain types that a value may have. */
function plain(schema: Schema): Schema[] {
  const { type, innerType, getter, in: input, out, options, left, right } = definition(schema);
  if (innerType) return plain(innerType);
  if (getter) return plain(getter());
  if (options) return options.flatMap(plain);
  if (left && right) return [...plain(left), ...plain(right)];
  // `z.preprocess` is a pipe that begins with a transform: what the user writes is on its far side.
  if (type === 'pipe' && input && out) return plain(definition(input).type === 'transform' ? out : input);
  return [schema];
}

/** Whether the literals of an object's schema (its `kind`) agree with the value. */
function fits(schema: Schema, value: unknown): boolean {
  const { shape } = definition(schema);
  if (!shape || typeof value !== 'object' || value === null) return true;
  const fields = value as Record<string, unknown>;
  return Object.entries(shape).every(([key, field]) => {
    const { type, values } = definition(field);
    return type !== 'literal' || !(key in fields) || (values ?? []).includes(fields[key]);
  });
}

function child(schema: Schema, key: PropertyKey): Schema[] {
  const { shape, valueType, element, items, rest } = definition(schema);
  const next = shape?.[String(key)] ?? valueType ?? element ?? items?.[Number(key)] ?? rest;
  return next ? [next] : [];
}

/** Every plain schema that may apply at the path, as far as the value's own kinds decide it. */
export function schemasAt(root: Schema, path: Path, value: unknown): Schema[] {
  let schemas = plain(root);
  let current = value;
  for (const key of path) {
    schemas = fitting(schemas, current).flatMap((schema) => child(schema, key).flatMap(plain));
    current = inside(current, key);
  }
  return fitting(schemas, current);
}

const fitting = (schemas: Schema[], value: unknown): Schema[] => {
  const some = schemas.filter((schema) => fits(schema, value));
  return some.length > 0 ? some : schemas;
};

/** The value at a key, or undefined. */
export const inside = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;

/** The keys that objects of these schemas may have. */
export const keysOf = (schemas: readonly Schema[]): string[] => [
  ...new Set(schemas.flatMap((schema) => Object.keys(definition(schema).shape ?? {}))),
];
