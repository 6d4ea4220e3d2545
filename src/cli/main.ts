#!/usr/bin/env node
/** The process: words, streams, signals and the exit code. The only file that knows them. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

import type { Sink } from '../report/reporter.ts';
import { disk } from './disk.ts';
import { runCli, sayBug } from './program.ts';
import { exitCodes, Stopped } from './tools.ts';
import type { Tools } from './tools.ts';

const { env, versions } = process;
const stop = new AbortController();

// The first signal closes the labs; a second one finds no handler and ends the process at once.
process.once('SIGINT', () => stop.abort(new Stopped('SIGINT', 2)));
process.once('SIGTERM', () => stop.abort(new Stopped('SIGTERM', 15)));

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.stderr.write(sayBug(error));
    process.exitCode = exitCodes.bug;
    stop.abort(error);
  });
}

const usualColumns = 100;

/** NO_COLOR and FORCE_COLOR as their authors describe them: any value but the empty one counts; FORCE_COLOR=0 is off. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY && env['TERM'] !== 'dumb';
}

/** What nobody writes to is not opened: that takes Node a few milliseconds. */
function sinkOf(open: () => NodeJS.WriteStream): Sink {
  let lost = false;
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => (opened ??= open().on('error', onError));
  // A reader that went away (`| head`) is no reason to complain.
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    lost = true;
  };
  return {
    get screen() {
      const { isTTY, columns } = stream();
      const interactive = isTTY && !env['CI'] && env['TERM'] !== 'dumb';
      return { colour: wantsColour(stream()), interactive, columns: columns || usualColumns };
    },
    write: (text) => {
      if (!lost) stream().write(text);
    },
  };
}

/** Key by key, as a terminal gives them; the line discipline is off meanwhile, so that the signals of keys are made here. */
function hearKeys(hear: (key: string) => void): Disposable {
  const { stdin } = process;
  const read = (text: string): void => {
    for (const key of text) {
      if (key === '\u0003') process.kill(process.pid, 'SIGINT');
      else hear(key);
    }
  };
  stdin.setRawMode(true).setEncoding('utf8').on('data', read).resume();
  return {
    [Symbol.dispose]: () => void stdin.off('data', read).setRawMode(false).pause(),
  };
}

const packageFile = new URL('../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const tools: Tools = {
  version,
  home: fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, ''),
  env,
  stdout: sinkOf(() => process.stdout),
  stderr: sinkOf(() => process.stderr),
  files: disk,
  signal: stop.signal,
  keys: process.stdout.isTTY && !env['CI'] && process.stdin.isTTY ? hearKeys : undefined,
  self: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
  shipped: (path) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8'),
  engine: async () => (await import('./engine.ts')).engine,
  rules: async () => (await import('../diagnosis/index.ts')).rules,
};

// For commands that run one script. V8 would optimise the script engine as soon as it has started, and the process could not
// end before that is done: 0.15 s of processor time. The same goes for JavaScript, where V8 is older than 12, and newer ones
// wait by themselves; older ones also look through the whole engine before they run it. Long work still reaches these
// budgets, after a few milliseconds. All this is set last, because what Node has of itself compiled is for the usual flags.
setFlagsFromString('--wasm-tiering-budget=2000000000');
if (Number.parseInt(versions.v8, 10) < 12) {
  setFlagsFromString('--interrupt-budget=600000');
  setFlagsFromString('--wasm-lazy-validation');
}

const code = await runCli(process.argv.slice(2), tools);
// A signal that came too late to change the result still says that the user wanted to stop.
const stopped: unknown = stop.signal.reason;
process.exitCode ??= stopped instanceof Stopped ? stopped.exitCode : code;
