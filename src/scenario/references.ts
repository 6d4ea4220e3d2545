/**
 * `$(matrix.x)` and `$(vars.x)`: replaced before anything is validated. A value that is one reference and nothing
 * else takes the type of what it names; inside a longer text, only words and numbers can stand. `$$(` is a plain `$(`.
 */
import type { Document, Path } from './document.ts';
import type { Problem } from '../failure.ts';
import { sayValue } from './say.ts';
import { suggest } from './suggest.ts';

export type Names = Readonly<Record<string, unknown>>;

export interface Expanded {
  value: unknown;
  problems: Problem[];
}

const reference = /(\$?)\$\(([^()]*)\)/g;
const whole = /^\$\(([^()]*)\)$/;

/** The value with every reference replaced by what it names in `scopes` (`{ matrix, vars }`). */
export function expandReferences(
  document: Document,
  start: unknown,
  scopes: Readonly<Record<string, Names>>,
  from: Path = [],
): Expanded {
  const problems: Problem[] = [];
  const complain = (path: Path, found: Missing): void => {
    problems.push(document.problem(path, found.message, { hint: found.hint }));
  };
  const expandText = (text: string, path: Path): unknown => {
    const only = whole.exec(text);
    if (only) {
      const found = lookUp(only[1] ?? '', scopes);
      if ('value' in found) return found.value;
      complain(path, found);
      return text;
    }
    return text.replace(reference, (written, escaped: string, name: string) => {
      if (escaped) return written.slice(1);
      const found = lookUp(name, scopes);
      if (!('value' in found)) complain(path, found);
      else if (isWord(found.value)) return String(found.value);
      else complain(path, { message: `$(${name}) is ${sayValue(found.value)} and cannot stand inside a text` });
      return written;
    });
  };
  const expand = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return value.includes('$(') ? expandText(value, path) : value;
    if (Array.isArray(value)) return value.map((item, index) => expand(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => {
      if (key.includes('$('))
        problems.push(document.problem([...path, key], 'a reference cannot be a key', { at: 'key' }));
      return [key, expand(item, [...path, key])] as const;
    });
    return Object.fromEntries(entries);
  };
  return { value: expand(start, from), problems };
}

const isWord = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

interface Missing {
  message: string;
  hint?: string | undefined;
}

function lookUp(name: string, scopes: Readonly<Record<string, Names>>): { value: unknown } | Missing {
  const [scope = '', ...rest] = name.trim().split('.');
  let value: unknown = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  if (value === undefined || rest.length === 0) {
    const every = Object.entries(scopes).flatMap(([known, names]) =>
      Object.keys(names).map((key) => `${known}.${key}`),
    );
    return {
      message: `unknown reference $(${name})`,
      hint: suggest(name, every) ?? 'write $(matrix.name) or $(vars.name)',
    };
  }
  for (const [index, part] of rest.entries()) {
    const inside: object = typeof value === 'object' && value !== null ? value : {};
    if (!Object.hasOwn(inside, part)) {
      const before = [scope, ...rest.slice(0, index)].join('.');
      const known = Object.keys(inside).map((key) => `${before}.${key}`);
      return { message: `unknown reference $(${name})`, hint: suggest(name.trim(), known) };
    }
    value = (inside as Names)[part];
  }
  return { value };
}
