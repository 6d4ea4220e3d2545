/** One grammar for everything that comes in kinds: an entry is a file, a registry is the list beside it. */
import { z } from 'zod';

/** What every entry says about itself. `options` is a strict object whose `kind` is a literal. */
export interface Entry {
  summary: string;
  options: z.ZodObject<{ kind: z.ZodLiteral<string> }>;
}

/** The kind an entry answers to: the literal of its schema. */
export const kindOf = (entry: Entry): string => entry.options.shape.kind.value;

/**
 * A schema that takes any entry's options. A bare word is short for `{ kind: word }`, so `deny` and `{ kind: deny }`
 * are the same.
 */
export function oneOf<E extends Entry>(entries: readonly E[]): z.ZodType<z.output<E['options']>> {
  const kinds = entries.map((entry) => entry.options);
  const union = z.discriminatedUnion('kind', kinds as unknown as [E['options'], ...E['options'][]]);
  return z.preprocess((value) => (typeof value === 'string' ? { kind: value } : value), union);
}

/** The entry that declared these options; the schema has already spoken, so a miss is a bug of ours. */
export function entryFor<E extends Entry>(entries: readonly E[], options: { kind: string }): E {
  let byKind = byKinds.get(entries) as Map<string, E> | undefined;
  if (!byKind) byKinds.set(entries, (byKind = new Map(entries.map((entry) => [kindOf(entry), entry]))));
  const entry = byKind.get(options.kind);
  if (!entry) throw new Error(`no entry called '${options.kind}'`);
  return entry;
}

/** Looked up with every request. */
const byKinds = new WeakMap<readonly Entry[], Map<string, Entry>>();
