/** The DevTools protocol over the two pipes of `--remote-debugging-pipe`: messages of JSON, each ended by a NUL. */
import type { Readable, Writable } from 'node:stream';

import { LabError } from '../failure.ts';
import { within } from './limit.ts';
import type { Running } from './program.ts';

export interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  sessionId?: string;
  result?: unknown;
  error?: { message: string };
}

export interface DevTools {
  send(method: string, params?: object, sessionId?: string): Promise<Record<string, unknown>>;
  /** Hears what the browser says by itself. */
  listen(listener: (message: Message) => void): void;
}

/** Longer than any connection is waited for; a visit has a limit of its own. */
const patience = 300_000;

export function devTools(running: Running): DevTools {
  const [, , , input, out] = running.child.stdio;
  const waiting = new Map<number, (message: Message) => void>();
  const listeners: ((message: Message) => void)[] = [];
  let last = 0;
  let held = Buffer.of();
  // The child was started with two more pipes.
  (out as Readable).on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let end = held.indexOf(0); end >= 0; end = held.indexOf(0)) {
      const message = JSON.parse(held.subarray(0, end).toString()) as Message;
      held = held.subarray(end + 1);
      if (message.id === undefined) for (const listener of listeners) listener(message);
      else waiting.get(message.id)?.(message);
    }
  });
  const gone = running.ended.then(() => {
    throw new LabError(`the browser has ended: ${running.said()}`);
  });
  gone.catch(() => undefined);
  return {
    listen: (listener) => void listeners.push(listener),
    async send(method, params = {}, sessionId) {
      const id = ++last;
      const answer = new Promise<Message>((resolve) => {
        waiting.set(id, resolve);
      });
      (input as Writable).write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
      const { result, error } = await within(patience, method, Promise.race([answer, gone]));
      waiting.delete(id);
      if (error) throw new LabError(`${method}: ${error.message}`);
      return (result ?? {}) as Record<string, unknown>;
    },
  };
}
