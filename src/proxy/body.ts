/** What a message carries, on its way through a proxy that may spoil it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';

import type { HeaderList } from '../trace/events.ts';
import { valueOf } from './headers.ts';

/** Larger bodies are not worth copying for the sake of one write. */
const smallBody = 4096;

/** As `pipe`, but a body that came whole leaves in one write, with its head. */
export function passBody(answer: IncomingMessage, response: ServerResponse, headers: HeaderList): void {
  let left = Number(valueOf(headers, 'content-length'));
  // Another framing than by this length shows as a length that is not reached.
  if (!(left > 0 && left <= smallBody)) {
    answer.pipe(response);
    return;
  }
  answer.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left > 0) response.write(chunk);
    // A text of these bytes joins the text of the head: one buffer for the kernel.
    else if (left === 0) response.end(chunk.toString('latin1'), 'latin1');
  });
  answer.once('end', () => {
    if (!response.writableEnded) response.end();
  });
}

/** The body of a request behind a stage, which goes when the answer does. */
export function behindStage(request: Readable, stage: Duplex | undefined, response: ServerResponse | Duplex): Readable {
  if (!stage) return request;
  response.once('close', () => stage.destroy());
  return request.pipe(stage);
}
