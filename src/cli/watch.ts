/** `run --watch`: runs again what a change of files has touched, until the user has enough. */
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';

import { wallDeadline } from '../clock.ts';
import { InputError, LabError } from '../failure.ts';
import type { RunResult } from '../run/record.ts';
import { formatProblems } from '../scenario/problems.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Options } from './command.ts';
import { usualFolder } from './load.ts';
import { select } from './select.ts';
import { exitCodes, Stopped } from './tools.ts';
import type { Tools } from './tools.ts';

export interface Watched {
  /** Of the command: paths and ids, and what selects of them. */
  words: readonly string[];
  options: Options;
  /** Runs and reports; gives the exit code. */
  run: (scenarios: readonly Scenario[], tools: Tools, heard: (result: RunResult) => void) => Promise<number>;
}

const keysText = ': a all, f failed, p by text, t by tags, q quits';

const lineEnds = ['\r', '\n'];

/** Editors write a file in several steps. Milliseconds. */
const settling = 60;

/** Gives the exit code of the last run when the user quits. Throws {@link Stopped} for a signal. */
export async function watchRuns(watched: Watched, tools: Tools): Promise<number> {
  const { files, stdout } = tools;
  if (!files.watch) throw new LabError('files cannot be watched here');
  const quit = new AbortController();
  const wakes = new Wakes();
  const session = new Session(watched, { ...tools, signal: AbortSignal.any([tools.signal, quit.signal]) });
  const stop = (): void => wakes.add('stop');
  let typing = false;
  tools.signal.addEventListener('abort', stop, { once: true });
  using _keys = tools.keys?.((key) => {
    // Also in the middle of a run; in the middle of a text it is a letter.
    if (key === 'q' && !typing) quit.abort();
    typing = typing ? !lineEnds.includes(key) : key === 'p' || key === 't';
    wakes.add(key);
  });
  await session.run(() => true);
  let said = -1;
  for (;;) {
    using _watch = files.watch(session.folders(), () => wakes.add('change'));
    // What has changed while something ran.
    const changed = await session.changed();
    if (changed.size > 0 && !quit.signal.aborted && !tools.signal.aborted) {
      stdout.write(`\n${sayFiles(changed)}\n`);
      await session.run(({ file }) => session.touches(file, changed));
      continue;
    }
    if (said !== session.runs) stdout.write(`\nwatching ${session.count} files${tools.keys ? keysText : ''}\n`);
    said = session.runs;
    const key = await wakes.next();
    if (tools.signal.reason instanceof Stopped) throw tools.signal.reason;
    if (key === 'q' || key === 'stop') return session.code;
    if (key === 'change') await quiet();
    else if (key === 'a') await session.again({});
    else if (key === 'f') await session.run((scenario) => session.failed(scenario));
    else if (key === 'p') await session.again({ grep: await typed('text', wakes, tools) });
    else if (key === 't') await session.again({ tag: await typed('tags', wakes, tools) });
  }
}

const quiet = (): Promise<void> => new Promise((resolve) => void wallDeadline(settling, resolve));

const sayFiles = (files: ReadonlySet<string>): string =>
  `changed: ${[...files].slice(0, 5).join(', ')}${files.size > 5 ? ` and ${files.size - 5} more` : ''}`;

/** A line, key by key. */
async function typed(what: string, wakes: Wakes, { stdout }: Tools): Promise<string> {
  stdout.write(`${what}: `);
  let text = '';
  for (let key = await wakes.next(); !lineEnds.includes(key); key = await wakes.next()) {
    if (key === 'change') continue;
    if (key === 'stop') {
      wakes.add(key);
      break;
    }
    text = key === '\u007f' ? text.slice(0, -1) : text + key;
    stdout.write(key === '\u007f' ? '\b \b' : key);
  }
  stdout.write('\n');
  return text;
}

/** What happens while nobody listens is kept. */
class Wakes {
  readonly #kept: string[] = [];
  #hear: ((wake: string) => void) | undefined;

  add(wake: string): void {
    if (this.#hear) this.#hear(wake);
    else if (wake !== 'change' || this.#kept.at(-1) !== wake) this.#kept.push(wake);
    this.#hear = undefined;
  }

  next(): Promise<string> {
    const kept = this.#kept.shift();
    return kept === undefined ? new Promise((resolve) => (this.#hear = resolve)) : Promise.resolve(kept);
  }
}

class Session {
  readonly #watched: Watched;
  readonly #tools: Tools;
  /** What each scenario file was made of, itself included. */
  readonly #parts = new Map<string, Set<string>>();
  /** Content of each file as it was read last. */
  readonly #marks = new Map<string, string>();
  #failing = new Set<string>();
  #more: Options = {};
  code: number = exitCodes.yes;
  /** How often something was run, or was to be. */
  runs = 0;

  constructor(watched: Watched, tools: Tools) {
    this.#watched = watched;
    this.#tools = tools;
  }

  get count(): number {
    return this.#marks.size;
  }

  folders(): string[] {
    const { words } = this.#watched;
    return [
      ...new Set([
        ...[...this.#marks.keys()].map((path) => dirname(path)),
        ...(words.length > 0 ? words : [usualFolder]),
      ]),
    ];
  }

  /** Another choice, and all of it. */
  async again(more: Options): Promise<void> {
    this.#more = more;
    await this.run(() => true);
  }

  async run(wanted: (scenario: Scenario) => boolean): Promise<void> {
    const { stderr, stdout } = this.#tools;
    this.runs += 1;
    try {
      const { scenarios, nothing } = await select(
        this.#watched.words,
        { ...this.#watched.options, ...this.#more },
        this.#noting(),
      );
      const some = scenarios.filter(wanted);
      if (some.length === 0) {
        stdout.write(`${scenarios.length === 0 ? nothing : 'nothing of that to run'}\n`);
        return;
      }
      this.code = await this.#watched.run(some, this.#tools, (result) => this.#hear(result));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      stderr.write(formatProblems(error.problems, { colour: stderr.screen.colour }));
      this.code = exitCodes.input;
    }
  }

  failed({ model, row }: Scenario): boolean {
    return this.#failing.has(keyOf(model.id, row));
  }

  touches(file: string, changed: ReadonlySet<string>): boolean {
    return [...(this.#parts.get(file) ?? [file])].some((part) => changed.has(part));
  }

  /** Files that are not as they were read, and scenario files that are new. */
  async changed(): Promise<Set<string>> {
    const { files } = this.#tools;
    const changed = new Set<string>();
    for (const [path, mark] of this.#marks) if ((await markOf(files.read(path))) !== mark) changed.add(path);
    const { words } = this.#watched;
    for (const word of words.length > 0 ? words : [usualFolder])
      if ((await files.kind(word)) === 'folder')
        for (const file of await files.scenarios(word)) if (!this.#marks.has(file)) changed.add(file);
    // What is gone is seen once.
    for (const path of changed) this.#marks.set(path, await markOf(files.read(path)));
    return changed;
  }

  #hear({ runs }: RunResult): void {
    for (const { id, row, verdict } of runs)
      if (verdict === 'failed' || verdict === 'broken') this.#failing.add(keyOf(id, row));
      else if (verdict === 'passed') this.#failing.delete(keyOf(id, row));
  }

  /** The same tools, but what is read is noted. */
  #noting(): Tools {
    const { files, engine } = this.#tools;
    const read = async (path: string): Promise<Uint8Array> => {
      const content = files.read(path);
      this.#marks.set(path, await markOf(content));
      return content;
    };
    return {
      ...this.#tools,
      files: { ...files, read },
      engine: async () => {
        const own = await engine();
        return {
          ...own,
          load: (content, file, source) => {
            const parts = new Set([file]);
            this.#parts.set(file, parts);
            const noted = (path: string): Promise<Uint8Array> => {
              parts.add(path);
              return source.read(path);
            };
            return own.load(content, file, { ...source, read: noted });
          },
        };
      },
    };
  }
}

const keyOf = (id: string, row: unknown): string => `${id} ${JSON.stringify(row)}`;

const markOf = (content: Promise<Uint8Array>): Promise<string> =>
  content.then(
    (bytes) => createHash('sha256').update(bytes).digest('hex'),
    () => 'missing',
  );
