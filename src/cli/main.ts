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

const { env, stdout, stderr } = process;

// V8 would optimise the script engine as soon as it has started, and the process could not end before that is done: 0.15 s
// of processor time for a command that runs one script. Long work still reaches the budget, after a few milliseconds.
setFlagsFromString('--wasm-tiering-budget=2000000000');
const stop = new AbortController();

// The first signal closes the labs; a second one finds no handler and ends the process at once.
process.once('SIGINT', () => stop.abort(new Stopped('SIGINT', 2)));
process.once('SIGTERM', () => stop.abort(new Stopped('SIGTERM', 15)));

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    stderr.write(sayBug(error));
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

function sinkOf(stream: NodeJS.WriteStream): Sink {
  let open = true;
  // A reader that went away (`| head`) is no reason to complain.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    open = false;
  });
  const interactive = stream.isTTY && !env['CI'] && env['TERM'] !== 'dumb';
  const screen = { colour: wantsColour(stream), interactive, columns: stream.columns || usualColumns };
  return {
    screen,
    write: (text) => {
      if (open) stream.write(text);
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

const code = await runCli(process.argv.slice(2), {
  version,
  home: fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, ''),
  env,
  stdout: sinkOf(stdout),
  stderr: sinkOf(stderr),
  files: disk,
  signal: stop.signal,
  keys: process.stdin.isTTY && stdout.isTTY && !env['CI'] ? hearKeys : undefined,
  self: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
  shipped: (path) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8'),
  engine: async () => (await import('./engine.ts')).engine,
  rules: async () => (await import('../diagnosis/index.ts')).rules,
});
// A signal that came too late to change the result still says that the user wanted to stop.
const stopped: unknown = stop.signal.reason;
process.exitCode ??= stopped instanceof Stopped ? stopped.exitCode : code;
