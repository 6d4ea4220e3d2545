/** The program as users start it: built from these sources once a test file, into a folder that imports still work from. */
import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { root } from './scenarios.ts';

const tool = (name: string): string => join(root, 'node_modules', '.bin', name);

export interface Built extends AsyncDisposable {
  /** Path of `main.js`. */
  main: string;
}

/** Throws when the sources do not compile. */
export async function built(): Promise<Built> {
  // Two levels below package.json, as dist is one: the program finds its texts by its own place.
  const folder = await mkdtemp(join(root, '.built-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const run = (name: string, ...words: string[]) => promisify(execFile)(tool(name), words, { cwd: root });
    const compile = (project: string, out: string) => run('tsc', '-p', project, '--outDir', out);
    await compile('tsconfig.build.json', folder);
    await compile('src/web/page', join(folder, 'page'));
    await promisify(execFile)(process.execPath, ['.bundle.js', folder], { cwd: root });
  } catch (error) {
    await remove();
    throw error;
  }
  return { main: join(folder, 'cli', 'main.js'), [Symbol.asyncDispose]: remove };
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** Starts the program with these words; `act` may talk to it before it ends. */
export function start(
  { main }: Built,
  words: readonly string[],
  { cwd = root, act }: { cwd?: string; act?: (child: ChildProcess) => void } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, timeout: 60_000, maxBuffer: 1 << 28 };
    const child = execFile(process.execPath, [main, ...words], options, (_error, out, err) =>
      resolve({ code: child.exitCode, signal: child.signalCode, out, err }),
    );
    act?.(child);
  });
}
