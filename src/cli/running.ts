/** A lab that runs in another process of this user: which one is meant, and talking to it. */
import type { Command as Definition } from 'commander';

import { InputError, LabError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import { textOption } from './command.ts';
import type { Options } from './command.ts';
import { runningLabs } from './place.ts';
import type { Tools } from './tools.ts';
import { misused } from './usage.ts';

export const runningOptions = (definition: Definition): Definition =>
  definition.option('--lab <pid|scenario>', 'which lab, when several run (else: $PACLAB_URL with $PACLAB_TOKEN)');

export interface Remote {
  json<T>(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<T>;
  bytes(path: string): Promise<Uint8Array>;
  /** The body as it comes, until it ends or the user stops. */
  text(path: string): AsyncIterable<string>;
}

/** Throws LabError when no lab runs or it does not answer, InputError when it is not clear which one is meant. */
export async function remoteLab(options: Options, tools: Tools): Promise<Remote> {
  const { url, token } = await meant(textOption(options, 'lab'), tools);
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      redirect: 'error',
      signal: tools.signal,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      if (tools.signal.aborted) throw tools.signal.reason;
      throw new LabError(`the lab at ${url} does not answer: ${causeOf(error)}`, { cause: error });
    });
    if (response.ok) return response;
    const problems = await problemsIn(response);
    if (response.status === 400) throw new InputError(problems);
    throw new LabError(`the lab at ${url} refused: ${problems.map(({ message }) => message).join('; ')}`);
  };
  return {
    json: async <T>(method: string, path: string, body?: unknown) =>
      (await ask(method, path, body)).json() as Promise<T>,
    bytes: async (path) => new Uint8Array(await (await ask('GET', path)).arrayBuffer()),
    async *text(path) {
      const decoder = new TextDecoder();
      for await (const chunk of (await ask('GET', path)).body ?? [])
        yield decoder.decode(chunk as Uint8Array, { stream: true });
    },
  };
}

async function meant(wanted: string | undefined, { env }: Tools): Promise<{ url: string; token: string }> {
  const { PACLAB_URL: url, PACLAB_TOKEN: token } = env;
  if (wanted === undefined && url !== undefined && token !== undefined) return { url: url.replace(/\/+$/, ''), token };
  const all = await runningLabs(env);
  const fitting = all.filter(({ pid, scenario }) => wanted === undefined || [String(pid), scenario].includes(wanted));
  const [only, second] = fitting;
  const list = all.map(({ pid, scenario }) => `${pid} (${scenario})`).join(', ');
  if (only && !second) return only;
  if (only) throw misused('several labs run; say with --lab which one is meant', `they are ${list}`);
  if (all.length > 0) throw misused(`no lab '${wanted}' runs here`, `there is ${list}`);
  throw new LabError('no lab of this user runs here; `paclab up` starts one');
}

async function problemsIn(response: Response): Promise<Problem[]> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as { problems: Problem[] }).problems;
  } catch {
    return [{ message: `status ${response.status}` }];
  }
}

const causeOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
};
