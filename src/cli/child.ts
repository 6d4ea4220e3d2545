/** Another program as a child of this process. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { LabError } from '../failure.ts';
import type { Environment } from './tools.ts';

export interface Program {
  program: string;
  args: readonly string[];
}

/**
 * Its exit code, 128 and the number of the signal that ended it. It has our own input and output; with `quiet` its
 * output goes to standard error. Throws LabError when it cannot be started.
 */
export function runProgram(
  { program, args }: Program,
  env: Environment,
  { signal, quiet }: { signal: AbortSignal; quiet: boolean },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { env: { ...env }, stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'] });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no such program' : error.message;
      reject(new LabError(`cannot run '${program}': ${why}`, { cause: error }));
    });
    child.once('exit', (code, ended) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 128 + (ended === null ? 0 : constants.signals[ended]));
    });
  });
}
