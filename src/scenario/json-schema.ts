/** The scenario's schema for editors: JSON Schema, draft 7, in which any value may also be a reference. */
import { z } from 'zod';

type Json = Record<string, unknown>;

/** Anywhere in a text: `port-$(matrix.port)` is one too. */
const reference = { type: 'string', pattern: '\\$\\((matrix|vars)\\.[^()]+\\)' };
const referenceName = 'reference';

/** What a person may write: inputs, defaults left out of `required`. */
export function jsonSchemaOf(schema: z.ZodType, title: string): Json {
  const made = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
    override: ({ zodSchema, jsonSchema }) => allowBareWords(zodSchema, jsonSchema as Json),
  }) as Json;
  const properties = (made['properties'] ?? {}) as Json;
  if (properties['lab'] !== undefined) properties['lab'] = filledByPresets(properties['lab']);
  const { $schema, ...body } = allowReferences(made, false) as Json;
  const definitions = { ...(body['definitions'] as Json | undefined), [referenceName]: reference };
  return { $schema, title, ...body, definitions };
}

/** A preset may give what a lab that extends it leaves out; only what makes a behaviour or rule is its own. */
function filledByPresets(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(filledByPresets);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { required, ...rest } = schema as Json;
  const whole = Array.isArray(required) && (required.includes('kind') || required.includes('then'));
  const inner = Object.entries(rest).map(([key, value]) => [key, filledByPresets(value)]);
  return { ...(whole ? { required } : {}), ...Object.fromEntries(inner) };
}

/** `deny` is short for `{ kind: deny }` wherever the kind needs no other option. */
function allowBareWords(schema: z.core.$ZodType, written: Json): void {
  const { def } = schema._zod as { def: { type: string; in?: z.core.$ZodType; out?: z.ZodType } };
  const isPreprocessed = def.type === 'pipe' && def.in?._zod.def.type === 'transform';
  if (!isPreprocessed || !(def.out instanceof z.ZodDiscriminatedUnion)) return;
  const kinds = def.out.options.flatMap((option) => {
    const kind = option instanceof z.ZodObject ? (option.shape as Record<string, unknown>)['kind'] : undefined;
    return kind instanceof z.ZodLiteral ? [...kind.values] : [];
  });
  const whole = def.out;
  const words = kinds.filter((kind) => whole.safeParse({ kind }).success);
  if (words.length === 0) return;
  const { description, ...body } = written;
  for (const key of Object.keys(body)) delete written[key];
  written['anyOf'] = [{ enum: words }, body];
  if (description !== undefined) written['description'] = description;
}

/** Keywords whose value is a schema of a value, a list of such, or such by name. */
const valueKeywords = new Set(['items', 'additionalItems', 'additionalProperties']);
const mapKeywords = new Set(['properties', 'patternProperties']);
const listKeywords = new Set(['anyOf', 'allOf', 'oneOf']);

/**
 * References are replaced before anything is validated, so they may stand wherever a value may; branches of a union
 * are no places of their own.
 */
function allowReferences(schema: unknown, isPlace: boolean): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const inner = Object.entries(schema).map(([key, value]: [string, unknown]) => {
    if (valueKeywords.has(key)) return [key, Array.isArray(value) ? value.map(place) : place(value)];
    if (mapKeywords.has(key)) return [key, mapValues(value, place)];
    if (key === 'definitions') return [key, mapValues(value, branch)];
    if (listKeywords.has(key) && Array.isArray(value)) return [key, value.map(branch)];
    return [key, value];
  });
  const made = Object.fromEntries(inner) as Json;
  if (!isPlace || takesAnyText(made)) return made;
  const { description, default: usual, ...rest } = made;
  return {
    ...(description === undefined ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
    anyOf: [rest, { $ref: `#/definitions/${referenceName}` }],
  };
}

const place = (schema: unknown): unknown => allowReferences(schema, true);
const branch = (schema: unknown): unknown => allowReferences(schema, false);

const mapValues = (map: unknown, change: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(map as Json).map(([key, value]) => [key, change(value)]));

/** A plain text takes a reference as it is; `{}` takes everything. */
const takesAnyText = (schema: Json): boolean =>
  Object.keys(schema).every((key) => key === 'description' || key === 'default') ||
  (schema['type'] === 'string' &&
    !('pattern' in schema) &&
    !('enum' in schema) &&
    !('const' in schema) &&
    !('format' in schema));
