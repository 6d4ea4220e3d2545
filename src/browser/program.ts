/** Programs of this machine as children: each ends with its owner, and so does everything that it has started. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

import { LabError } from '../failure.ts';
import { pause, within } from './limit.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it said last, on both of its outputs. */
  said(): string;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
}

const patience = 3000;
const enoughSaid = 4000;

/** `pipes`: how many file descriptors it gets beside the usual three, from 3 on. */
export function start(command: readonly string[], env: Environment, pipes = 0): Running {
  const [program = '', ...args] = command;
  const extra = Array.from({ length: pipes }, () => 'pipe' as const);
  // A group of its own, so that its children end with it; the kernel ends it when this process is killed.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', ...extra],
    detached: true,
  });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString('latin1')).slice(-enoughSaid);
  };
  child.stderr?.on('data', hear);
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The whole group has ended.
    }
  };
  return {
    child,
    said: () => said.trim(),
    ended,
    async [Symbol.asyncDispose]() {
      kill('SIGTERM');
      await Promise.race([ended, pause(patience)]);
      kill('SIGKILL');
    },
  };
}

/** Runs a command to its end and gives what it printed. Throws LabError with what it said when it fails. */
export async function output(command: readonly string[], env: Environment, input = ''): Promise<string> {
  const running = start(command, env);
  const { child } = running;
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stdin?.end(input);
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
  const code = await within(10_000, command.join(' '), closed);
  if (code !== 0) throw new LabError(`'${command.join(' ')}' failed: ${running.said() || `exit code ${code}`}`);
  return printed;
}
