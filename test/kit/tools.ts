/** The command line as a user meets it, with files in memory and a suite that does what the ids say. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { runCli } from '../../src/cli/program.ts';
import type { Engine, Files, Tools } from '../../src/cli/tools.ts';
import type { Rule } from '../../src/diagnosis/rule.ts';
import { InputError, LabError } from '../../src/failure.ts';
import { resultOf } from '../../src/run/record.ts';
import type { RunRecord, Verdict } from '../../src/run/record.ts';
import { readScenarioFile } from '../../src/scenario/read.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { broken, failed, passed, skipped } from './records.ts';

/** A scenario of these tests, in one line. */
export const story = (id: string, more = ''): string => `id: ${id}\nname: The story of ${id}\n${more}`;

const schema = z.strictObject({
  id: z.string(),
  name: z.string(),
  tags: z.array(z.string()).default([]),
  clients: z.record(z.string(), z.strictObject({ profile: z.string() })).default({}),
});

const verdictOf = (id: string): Verdict =>
  id.includes('fails') ? 'failed' : id.includes('breaks') ? 'broken' : 'passed';
const samples: Record<Verdict, RunRecord> = { passed, failed, broken, skipped };

export const fakeEngine: Engine = {
  async load(content, file) {
    const { rows } = readScenarioFile(content, file, schema);
    // The commands look at no more of a scenario than this.
    return rows.map(({ row, value, at }) => ({
      file,
      row,
      model: value,
      files: new Map(),
      at,
    })) as unknown as Scenario[];
  },
  async runSuite(scenarios, { signal, maxFailures = Infinity, onRun }) {
    const runs: RunRecord[] = [];
    for (const { model, row, file } of scenarios) {
      if (model.id.includes('bug')) throw new TypeError('undefined is not a function');
      if (model.id.includes('hangs'))
        await new Promise((_, reject) => {
          if (signal?.aborted) reject(signal.reason);
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      signal?.throwIfAborted();
      const failures = runs.filter(({ verdict }) => verdict === 'failed').length;
      const verdict = failures >= maxFailures ? 'skipped' : verdictOf(model.id);
      const record = { ...samples[verdict], id: model.id, row, file, name: model.name };
      runs.push(record);
      onRun?.(record);
    }
    return resultOf(runs, 50);
  },
  runInWorkers: (scenarios, options) => fakeEngine.runSuite(scenarios, options),
};

const error = (code: string): never => {
  throw Object.assign(new Error(code), { code });
};

/** Files in memory; folders are prefixes. `links` by where they lead. Nothing can be written below `/full`. */
export function memoryFiles(
  contents: Record<string, string>,
  links: Record<string, string> = {},
): Files & { contents: Record<string, string> } {
  const below = (folder: string): string[] =>
    Object.keys(contents).filter((path) => path.startsWith(`${folder.replace(/\/$/, '')}/`));
  return {
    contents,
    read: async (path) => Buffer.from(contents[links[path] ?? path] ?? error('ENOENT')),
    real: async (path) => links[path] ?? path,
    names: async (folder) => below(folder).map((path) => path.slice(folder.length + 1)),
    kind: async (path) => (contents[path] !== undefined ? 'file' : below(path).length > 0 ? 'folder' : undefined),
    scenarios: async (folder) =>
      below(folder)
        .filter((path) => path.endsWith('.yaml'))
        .sort(),
    async *stream(path) {
      const content = contents[path];
      if (content === undefined) throw new InputError([{ message: `'${path}' does not exist` }]);
      yield Buffer.from(content);
    },
    create(path) {
      if (path.startsWith('/full')) throw new LabError(`cannot write ${path}: no space left on device`);
      contents[path] = '';
      return { write: (text) => (contents[path] = `${contents[path]}${String(text)}`), close: () => undefined };
    },
  };
}

export interface Session {
  code: number;
  out: string;
  err: string;
  files: Record<string, string>;
}

export interface Setting {
  files?: Record<string, string>;
  links?: Record<string, string>;
  engine?: Engine;
  rules?: readonly Rule[];
  signal?: AbortSignal;
}

/** Types a command line; gives everything that the user would see. */
export async function paclab(
  line: string | string[],
  { files = {}, links, engine = fakeEngine, rules = [], signal }: Setting = {},
): Promise<Session> {
  const screen = { colour: false, interactive: false, columns: 100 };
  const session = { out: '', err: '' };
  const disk = memoryFiles({ ...files }, links);
  const tools: Tools = {
    version: '1.2.3',
    home: '/program',
    env: {},
    stdout: { screen, write: (text) => (session.out += text) },
    stderr: { screen, write: (text) => (session.err += text) },
    files: disk,
    signal: signal ?? new AbortController().signal,
    shipped: (path) => readFile(join(import.meta.dirname, '..', '..', path), 'utf8'),
    engine: async () => engine,
    rules: async () => rules,
  };
  const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
  const code = await runCli(words, tools);
  return { code, ...session, files: disk.contents };
}
