/** A document against a schema: the value, or every mistake at once, each at its place and with what to write instead. */
import type { z } from 'zod';

import type { Problem } from '../failure.ts';
import type { Document, Path } from './document.ts';
import { flatten } from './issues.ts';
import type { FlatIssue } from './issues.ts';
import { sayAllowed, sayExpected, sayLimit, sayValue } from './say.ts';
import { inside, keysOf, schemasAt } from './shape.ts';
import { suggest } from './suggest.ts';

export type Validated<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** `value` is what the document says after references and presets; positions are still the document's. */
export function validate<S extends z.ZodType>(
  schema: S,
  document: Document,
  value = document.value,
): Validated<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const issues = flatten(result.error.issues, [], value);
  const telling = issues.filter((issue) => !isEcho(issue, issues));
  return { ok: false, problems: telling.flatMap((issue) => explain(issue, { schema, document, value, issues })) };
}

/** A check of our own on a mapping that has an unknown key: whatever it misses is most likely that key. */
const isEcho = ({ code, path }: FlatIssue, issues: readonly FlatIssue[]): boolean =>
  code === 'custom' && issues.some((other) => other.code === 'unrecognized_keys' && samePath(other.path, path));

interface Subject {
  schema: z.ZodType;
  document: Document;
  value: unknown;
  /** All issues of the document: one mistake may raise two. */
  issues: readonly FlatIssue[];
}

const valueAt = (value: unknown, path: Path): unknown => path.reduce<unknown>(inside, value);

function explain(issue: FlatIssue, subject: Subject): Problem[] {
  const { document, value } = subject;
  const { path } = issue;
  const found = valueAt(value, path);
  const key = String(path.at(-1) ?? '');
  switch (issue.code) {
    case 'unrecognized_keys':
      return (issue.keys ?? []).map((unknown) => unknownKey(unknown, issue, subject));
    case 'invalid_key': {
      const first = issue.issues?.[0];
      return [
        document.problem(path, `'${key}' cannot be a key here: ${lower(first?.message ?? issue.message)}`, {
          at: 'key',
        }),
      ];
    }
    case 'invalid_union':
      return [discriminator(issue, subject)];
    default:
      break;
  }
  if (found === undefined && issue.code !== 'custom')
    return isMisspelt(issue, subject) ? [] : [missing(issue, document)];
  const { message, hint } = say(issue, found);
  return [document.problem(path, message, { hint })];
}

function unknownKey(key: string, { path }: FlatIssue, subject: Subject): Problem {
  const { document, schema, value } = subject;
  const known = keysOf(schemasAt(schema, path, value));
  const others = Object.keys(valueAt(value, path) ?? {}).filter((name) => name !== key && known.includes(name));
  // Another branch of a union knows this key: it is no stranger, it is one verb too many.
  if (known.includes(key) && others.length > 0)
    return document.problem([...path, key], `'${key}' cannot stand beside '${others.join("', '")}'`, { at: 'key' });
  const hint = keyHint(key, path, subject);
  return document.problem([...path, key], `unknown key '${key}'`, { hint, at: 'key' });
}

/** Keys that are not there yet come first: nobody meant one that stands beside it. */
function keyHint(key: string, path: Path, { schema, value }: Subject): string | undefined {
  const known = keysOf(schemasAt(schema, path, value));
  const taken = Object.keys(valueAt(value, path) ?? {});
  return suggest(
    key,
    known,
    known.filter((name) => !taken.includes(name)),
  );
}

/** Whether a key is missing only because it stands there misspelt, which is said already. */
function isMisspelt({ path }: FlatIssue, subject: Subject): boolean {
  const owner = path.slice(0, -1);
  const unknown = subject.issues.filter((issue) => issue.code === 'unrecognized_keys' && samePath(issue.path, owner));
  const hints = unknown.flatMap(({ keys = [] }) => keys.map((key) => keyHint(key, owner, subject)));
  return hints.includes(`did you mean '${String(path.at(-1))}'?`);
}

const samePath = (left: Path, right: Path): boolean =>
  left.length === right.length && left.every((part, index) => part === right[index]);

const missing = (issue: FlatIssue, document: Document): Problem => {
  const name = String(issue.path.at(-1) ?? 'everything');
  const expected = sayExpected(issue);
  return document.problem(issue.path, `'${name}' is missing`, { hint: expected && `it takes ${expected}`, at: 'key' });
};

/** A `kind` that nobody knows, or none at all. */
function discriminator(
  { path, options = [], discriminator: name }: FlatIssue,
  { document, value }: Omit<Subject, 'schema'>,
): Problem {
  const words = options.map(String);
  const key = name ?? 'kind';
  const owner = valueAt(value, path.slice(0, -1));
  // A bare word is short for `{ kind: word }`, so the word may stand one step further out.
  const written = typeof owner === 'string' ? owner : valueAt(value, path);
  if (typeof written === 'string')
    return document.problem(path, `unknown ${key} '${written}'`, {
      hint: suggest(written, words) ?? sayAllowed(words),
    });
  const problem = written === undefined ? `'${key}' is missing` : `${key} must be a word, got ${sayValue(written)}`;
  return document.problem(path, problem, { hint: sayAllowed(words) });
}

function say(issue: FlatIssue, found: unknown): { message: string; hint?: string | undefined } {
  switch (issue.code) {
    case 'invalid_type': {
      const yes = issue.expected === 'boolean' && typeof found === 'string' ? truth(found) : undefined;
      if (ours(issue.message)) return { message: `${lower(issue.message)}, got ${sayValue(found)}` };
      return { message: `expected ${sayExpected(issue)}, got ${sayValue(found)}`, hint: yes ?? quoting(issue, found) };
    }
    case 'invalid_value': {
      const words = (issue.values ?? []).map(String);
      const hint = suggest(String(found), words) ?? sayAllowed(words);
      return {
        message: `${sayValue(found)} is not allowed here`,
        hint: words.length === 1 ? `write ${words[0]}` : hint,
      };
    }
    case 'too_small':
    case 'too_big':
      return {
        message: ours(issue.message) ? `${lower(issue.message)}, got ${sayValue(found)}` : sayLimit(issue, found),
      };
    case 'invalid_format':
      if (ours(issue.message)) return { message: `${lower(issue.message)}, got ${sayValue(found)}` };
      return {
        message: `${sayValue(found)} ${issue.format === 'regex' ? `does not match ${String(issue.pattern)}` : `is no valid ${issue.format}`}`,
      };
    default:
      return { message: lower(issue.message) };
  }
}

/** Whether the message was written by us: zod's own begin so. */
const ours = (message: string): boolean => !/^(Invalid|Too (small|big)|Unrecognized|Expected)/.test(message);

/** YAML 1.2 has no yes and no. */
function truth(word: string): string | undefined {
  if (/^(yes|on|y)$/i.test(word)) return 'write true';
  return /^(no|off|n)$/i.test(word) ? 'write false' : undefined;
}

const quoting = ({ expected }: FlatIssue, found: unknown): string | undefined =>
  expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')
    ? `put it in quotes if it is a text: '${String(found)}'`
    : undefined;

const lower = (sentence: string): string =>
  /^[A-Z][a-z]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
