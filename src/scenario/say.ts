/** Values, types and limits in words, for messages about a document. */
import type { FlatIssue } from './issues.ts';

const names: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
  date: 'a date',
};

export const sayType = (type: string): string => names[type] ?? type;

/** What an issue wanted: `a text`, `a list or a mapping`. */
export function sayExpected({ expected, values, format }: FlatIssue): string | undefined {
  if (values) return sayAllowed(values.map(String));
  if (expected === undefined) return format;
  return orList(expected.split('|').map(sayType));
}

/** `a, b or c` */
export function orList(words: readonly string[]): string {
  const each = [...new Set(words)];
  return each.length < 2 ? each.join('') : `${each.slice(0, -1).join(', ')} or ${each.at(-1)}`;
}

export const sayAllowed = (words: readonly string[]): string => `known here: ${words.join(', ')}`;

const longest = 60;

/** `'abc'`, `12`, `a list`, `a mapping` */
export function sayValue(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return typeof value === 'string' ? `'${short}'` : short;
}

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', object: 'keys', map: 'keys' };

/** `must be at least 0, got -1`; `must have at least 1 entries, got an empty list` */
export function sayLimit(
  { code, origin = 'number', minimum, maximum, inclusive = true }: FlatIssue,
  found: unknown,
): string {
  const limit = code === 'too_small' ? minimum : maximum;
  const least = inclusive ? 'at least' : 'more than';
  const most = inclusive ? 'at most' : 'less than';
  const bound = `${code === 'too_small' ? least : most} ${String(limit)}`;
  const unit = units[origin];
  if (unit === undefined) return `must be ${bound}, got ${sayValue(found)}`;
  return `must have ${bound} ${Number(limit) === 1 ? (single[unit] ?? unit) : unit}, got ${sayValue(found)}`;
}

const single: Readonly<Record<string, string>> = { characters: 'character', entries: 'entry', keys: 'key' };
