/** A YAML file as a plain value that still knows where everything stands. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document as YamlDocument, Node, YAMLError } from 'yaml';

import { InputError } from '../failure.ts';
import type { Problem, SourcePlace } from '../failure.ts';
import { sortProblems } from './problems.ts';
import { suggest } from './suggest.ts';

/** The way to a value from the root of its document. */
export type Path = readonly PropertyKey[];

export interface Document {
  readonly file: string;
  readonly value: unknown;
  /** Where a value stands: itself when it is one word, its key when it is a mapping or a list. */
  at(path: Path): SourcePlace;
  /** Where the key stands. */
  keyAt(path: Path): SourcePlace;
  /** A mistake at a value or, when asked, at its key. */
  problem(path: Path, message: string, options?: { hint?: string | undefined; at?: 'key' | 'value' }): Problem;
}

/** Larger files are not scenarios. In bytes. */
export const largestFile = 1_000_000;
/** How often aliases may be followed; a bomb of aliases ends here. */
const mostAliases = 100;

/** Reads YAML 1.2. Throws InputError with every mistake of the syntax. */
export function readDocument(input: string | Uint8Array, file: string): Document {
  const text = textOf(input, file);
  const lines = text.split(/\r?\n/);
  const counter = new LineCounter();
  const place = (offset: number): SourcePlace => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const sourceOf = ({ line }: SourcePlace): string => lines[line - 1] ?? '';
  const { yaml, value, problems } = parse(text, counter);
  if (problems.length > 0 || !yaml) {
    const placed = problems.map(({ message, offset, hint }) => {
      const at = place(offset);
      return { message, at, source: sourceOf(at), ...(hint === undefined ? {} : { hint }) };
    });
    throw new InputError(sortProblems(placed));
  }
  const locate = (path: Path, wanted: 'key' | 'value' | 'either'): SourcePlace => place(offsetOf(yaml, path, wanted));
  return {
    file,
    value,
    at: (path) => locate(path, 'either'),
    keyAt: (path) => locate(path, 'key'),
    problem(path, message, options = {}) {
      const at = locate(path, options.at === 'key' ? 'key' : 'either');
      const problem: Problem = { message, at, source: sourceOf(at) };
      if (options.hint !== undefined) problem.hint = options.hint;
      if (path.length > 0) problem.path = sayPath(path);
      return problem;
    },
  };
}

/** `lab.proxies.edge.rules[0].then` */
export const sayPath = (path: Path): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');

/** The bytes as text; throws InputError when they are too many or no UTF-8. */
function textOf(input: string | Uint8Array, file: string): string {
  const refuse = (message: string, hint?: string): never => {
    throw new InputError([{ message, at: { file, line: 1, column: 1 }, ...(hint === undefined ? {} : { hint }) }]);
  };
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (size > largestFile) refuse(`the file has ${size} bytes; a scenario has at most ${largestFile}`);
  if (typeof input === 'string') return input.replace(/^\ufeff/, '');
  const wide = (input[0] === 0xff && input[1] === 0xfe) || (input[0] === 0xfe && input[1] === 0xff);
  if (wide) refuse('the file is UTF-16', 'save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(input);
  } catch {
    return refuse('the file is not UTF-8 text', 'save it as UTF-8');
  }
}

interface Mistake {
  message: string;
  offset: number;
  hint?: string;
}

interface Parsed {
  yaml?: YamlDocument;
  value?: unknown;
  problems: Mistake[];
}

const tooDeep: Parsed = { problems: [{ message: 'the file is nested too deeply', offset: 0 }] };

function parse(text: string, lineCounter: LineCounter): Parsed {
  try {
    const yaml = parseDocument(text, { lineCounter, version: '1.2', prettyErrors: false, uniqueKeys: true });
    const errors = [...yaml.errors, ...yaml.warnings];
    if (errors.some(({ message }) => /call stack/.test(message))) return tooDeep;
    const mistakes = errors.map((error) => explain(error, text));
    if (mistakes.length > 0) return { problems: mistakes };
    if (yaml.contents === null) return { problems: [{ message: 'the file is empty', offset: 0 }] };
    const unusable = [...unknownAliases(yaml), ...oddKeys(yaml)];
    if (unusable.length > 0) return { problems: unusable };
    return { yaml, value: yaml.toJS({ maxAliasCount: mostAliases }) as unknown, problems: [] };
  } catch (error) {
    // Two limits: the stack (RangeError, deep nesting) and the count of aliases (ReferenceError).
    if (error instanceof RangeError) return tooDeep;
    if (error instanceof ReferenceError)
      return { problems: [{ message: 'aliases repeat too much of the file', offset: 0 }] };
    throw error;
  }
}

function unknownAliases(yaml: YamlDocument): Mistake[] {
  const mistakes: Mistake[] = [];
  const anchors: string[] = [];
  visit(yaml, {
    Node(_key, node) {
      if (isAlias(node) && !node.resolve(yaml))
        mistakes.push({
          message: `the alias '*${node.source}' has no anchor before it`,
          offset: node.range?.[0] ?? 0,
          hint: suggest(node.source, anchors) ?? "put it in quotes if the '*' belongs to the value",
        });
      else if ('anchor' in node && typeof node.anchor === 'string') anchors.push(node.anchor);
    },
  });
  return mistakes;
}

/** YAML lets a mapping or a list be a key; nothing here does. Mostly it is a brace too many. */
function oddKeys(yaml: YamlDocument): Mistake[] {
  const mistakes: Mistake[] = [];
  visit(yaml, {
    Pair(_key, { key }) {
      if (!isScalar(key) || key.value === null)
        mistakes.push({ message: 'a key must be a word', offset: (isNode(key) ? key.range?.[0] : undefined) ?? 0 });
    },
  });
  return mistakes;
}

function explain({ code, message, pos }: YAMLError, text: string): Mistake {
  const offset = pos[0];
  const word = /^(?:'[^']*'|"[^"]*"|[^\s:]+)/.exec(text.slice(offset, offset + 200))?.[0] ?? '';
  switch (code) {
    case 'DUPLICATE_KEY':
      return { message: `the key '${word}' is written twice`, offset };
    case 'TAB_AS_INDENT':
      return { message: 'a tab indents this line', offset, hint: 'YAML indents with spaces' };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: `the tag '${word}' is unknown`,
        offset,
        hint: "put the value in quotes if the '!' belongs to it",
      };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here', offset, hint: 'one scenario a file' };
    default:
      return { message: lower(message.split('\n', 1)[0] ?? message), offset };
  }
}

const lower = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

/** The offset of what a path names, or of the nearest thing around it that is written in the file. */
function offsetOf(yaml: YamlDocument, path: Path, wanted: 'key' | 'value' | 'either'): number {
  let node = resolve(yaml.contents, yaml);
  let key: unknown;
  let reached = true;
  for (const part of path) {
    const next = step(node, part);
    if (!next) {
      reached = false;
      break;
    }
    key = next.key;
    node = resolve(next.value, yaml);
  }
  const keyOffset = isNode(key) ? key.range?.[0] : undefined;
  const valueOffset = node?.range?.[0];
  const written = isScalar(node) && (node.range?.[0] ?? 0) < (node.range?.[1] ?? 0);
  // Something that is not written here (a missing key, a preset's) is best seen at the key that should hold it.
  if (!reached && isMap(node) && node.has('extends')) return step(node, 'extends')?.offset ?? valueOffset ?? 0;
  if (wanted === 'value' || (wanted === 'either' && written)) return valueOffset ?? keyOffset ?? 0;
  return keyOffset ?? valueOffset ?? 0;
}

function step(node: unknown, part: PropertyKey): { key?: unknown; value: unknown; offset?: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part));
    if (!pair) return undefined;
    const offset = isNode(pair.key) ? pair.key.range?.[0] : undefined;
    return { key: pair.key, value: pair.value, ...(offset === undefined ? {} : { offset }) };
  }
  if (isSeq(node)) {
    const value: unknown = node.items[Number(part)];
    return value === undefined ? undefined : { value };
  }
  return undefined;
}

const resolve = (node: unknown, yaml: YamlDocument): Node | undefined => {
  if (isAlias(node)) return node.resolve(yaml);
  return isNode(node) ? node : undefined;
};
