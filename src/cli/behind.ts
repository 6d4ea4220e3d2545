/** `up --wait`: the lab goes on in a process of its own; the command ends when it serves. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { LabError } from '../failure.ts';
import type { Hint } from '../publish/guide.ts';
import { Stopped } from './tools.ts';
import type { Tools } from './tools.ts';

/** What the line of `up --json` holds, as far as it is told here. */
interface Ready {
  pid: number;
  control: { url: string; token: string };
  hints: readonly Hint[];
  scenario: { id: string; name: string };
}

/** Gives the exit code: 0 when the lab serves, else that with which it ended. */
export async function startBehind({ json }: { json: boolean }, tools: Tools): Promise<number> {
  const [program, ...words] = tools.self ?? [];
  if (program === undefined) throw new LabError('this program cannot start itself again');
  const own = words.filter((word) => word !== '--wait');
  const child = spawn(program, json ? own : [...own, '--json'], {
    env: { ...tools.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on('data', (chunk) => tools.stderr.write(String(chunk)));
  const stop = (): void => void child.kill('SIGTERM');
  tools.signal.addEventListener('abort', stop, { once: true });
  const [line, code] = await new Promise<[string | undefined, number]>((resolve, reject) => {
    child.once('error', (error) => reject(new LabError(`cannot start the lab: ${error.message}`, { cause: error })));
    child.once('close', (ended) => resolve([undefined, ended ?? 1]));
    createInterface(child.stdout).once('line', (text) => resolve([text, 0]));
  });
  tools.signal.removeEventListener('abort', stop);
  if (tools.signal.reason instanceof Stopped) throw tools.signal.reason;
  if (line === undefined) return code;
  // From here on it is nobody's child.
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  tools.stdout.write(json ? `${line}\n` : say(JSON.parse(line) as Ready));
  return code;
}

const say = ({ pid, control, hints, scenario }: Ready): string =>
  [
    `${scenario.id}  ${scenario.name}`,
    '',
    ...hints.map(({ client, command }) => `  ${client.padEnd(8)}  ${command}`),
    '',
    `  control   ${control.url}/?token=${control.token}`,
    `  paclab ctl down --lab ${pid} ends it`,
    '',
  ].join('\n');
