/**
 * The smallest scenario with the same diagnosis: parts are left out one after the other, and stay out when the findings
 * are the same without them, until nothing more can go. The same file gives the same result; comments stay with what
 * they are about.
 */
import { isScalar, parseDocument, visit } from 'yaml';
import type { Document, Scalar } from 'yaml';

import { rules } from '../../diagnosis/index.ts';
import { InputError } from '../../failure.ts';
import { runScenario } from '../../run/run.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { LoadTools } from '../../scenario/load.ts';
import { partsOf } from './nodes.ts';
import type { Path } from './nodes.ts';
import { smallerScripts } from './statements.ts';

export interface ShrinkOptions {
  read: LoadTools['read'];
  signal?: AbortSignal;
  progress?: (done: { tried: number; lines: number }) => void;
}

interface Size {
  bytes: number;
  lines: number;
}

export interface Shrunk {
  scenario: string;
  /** Ids that it finds, before and after. */
  diagnosis: readonly string[];
  before: Size;
  after: Size;
  /** How many smaller scenarios were run. */
  tried: number;
}

/** Throws InputError when the scenario cannot be used or finds nothing. */
export async function shrinkScenario(text: string, file: string, options: ShrinkOptions): Promise<Shrunk> {
  const document = parseDocument(text);
  const asked = new Asked(file, options);
  const wanted = await asked.findings(text, true);
  if (wanted === undefined || wanted === '')
    throw new InputError([{ message: `'${file}' finds nothing: there is no diagnosis to keep` }]);
  await inlined(document, file, options);
  const holds = async (): Promise<boolean> => (await asked.findings(String(document), false)) === wanted;
  const source = (await holds()) ? document : parseDocument(text);
  let smaller = true;
  while (smaller) {
    const parts = await withoutParts(source, wanted, asked);
    const scripts = await withoutStatements(source, wanted, asked);
    smaller = parts || scripts;
  }
  const scenario = written(source);
  return { scenario, diagnosis: wanted.split(' '), before: sizeOf(text), after: sizeOf(scenario), tried: asked.tried };
}

const written = (document: Document): string => document.toString({ lineWidth: 110 });

const sizeOf = (text: string): Size => ({
  bytes: Buffer.byteLength(text),
  lines: text.split('\n').filter((line) => line.trim() !== '').length,
});

/** Runs candidates, each once. */
class Asked {
  tried = 0;
  readonly #known = new Map<string, string | undefined>();
  readonly #file: string;
  readonly #options: ShrinkOptions;

  constructor(file: string, options: ShrinkOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Ids that every row finds; undefined when rows differ, or when it is no scenario that runs. */
  async findings(text: string, must: boolean): Promise<string | undefined> {
    this.#options.signal?.throwIfAborted();
    if (this.#known.has(text)) return this.#known.get(text);
    this.tried += 1;
    this.#options.progress?.({ tried: this.tried, lines: sizeOf(text).lines });
    const found = await this.#run(text, must);
    this.#known.set(text, found);
    return found;
  }

  async #run(text: string, must: boolean): Promise<string | undefined> {
    const { read, signal } = this.#options;
    try {
      const rows = await loadScenario(text, this.#file, { read, diagnoses: rules.map(({ id }) => id) });
      const all = new Set<string>();
      for (const row of must ? rows.slice(0, 1) : rows) {
        const limits = { clock: 'virtual', bytes: false, timeout: 30_000, ...(signal ? { signal } : {}) } as const;
        const { broken, findings } = await runScenario(row, limits);
        all.add(broken ? 'broken' : [...new Set(findings.map(({ id }) => id))].toSorted().join(' '));
      }
      const [only] = all;
      return all.size === 1 && only !== 'broken' ? only : undefined;
    } catch (error) {
      if (error instanceof InputError && !must) return undefined;
      throw error;
    }
  }
}

/** Scripts in files become texts, so that they can shrink too; those in other encodings than UTF-8 stay files. */
async function inlined(document: Document, file: string, { read }: ShrinkOptions): Promise<void> {
  const found: { pair: { key: unknown; value: unknown }; reference: string }[] = [];
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === 'pac' && isScalar(pair.value))
        found.push({ pair, reference: String(pair.value.value) });
    },
  });
  for (const { pair, reference } of found) {
    const content = await read(file, reference);
    if (!content.ok) continue;
    const text = Buffer.from(content.bytes).toString('utf8');
    if (!Buffer.from(text).equals(Buffer.from(content.bytes)) || text.startsWith('\ufeff')) continue;
    (pair.key as Scalar).value = 'pacText';
    pair.value = document.createNode(text);
  }
}

async function withoutParts(document: Document, wanted: string, asked: Asked): Promise<boolean> {
  let smaller = false;
  for (const path of partsOf(document)) {
    if (!document.hasIn(path)) continue;
    const copy = document.clone();
    document.deleteIn(path);
    dropEmpty(document, path.slice(0, -1));
    if ((await asked.findings(written(document), false)) === wanted) smaller = true;
    else document.contents = copy.contents;
  }
  return smaller;
}

/** A mapping that lost its last key goes too, unless it has to be there. */
function dropEmpty(document: Document, path: Path): void {
  if (path.length === 0) return;
  const node = document.getIn(path) as { items?: unknown[] } | undefined;
  if (node?.items?.length !== 0) return;
  const above = document.clone();
  document.deleteIn(path);
  if (path.length > 1) dropEmpty(document, path.slice(0, -1));
  if (document.contents === null) document.contents = above.contents as typeof document.contents;
}

async function withoutStatements(document: Document, wanted: string, asked: Asked): Promise<boolean> {
  let smaller = false;
  const scripts: Scalar[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === 'pacText' && isScalar(value)) scripts.push(value);
    },
  });
  for (const script of scripts) {
    let again = true;
    while (again) {
      again = false;
      const now = String(script.value);
      for (const candidate of smallerScripts(now)) {
        script.value = candidate;
        if (candidate !== now && (await asked.findings(written(document), false)) === wanted) {
          again = true;
          smaller = true;
          break;
        }
        script.value = now;
      }
    }
  }
  return smaller;
}
