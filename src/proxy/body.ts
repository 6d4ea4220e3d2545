/** What a message carries, on its way through a proxy that may spoil it. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

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

/** The head of a request goes on at once, though the stage may let nothing of its body pass; the stage ends with it. */
export function behindStage(sent: ClientRequest, stage: Duplex): void {
  sent.flushHeaders();
  sent.once('close', () => stage.destroy());
}

/** Answered before all of its body had gone on: that may still come, unless the client has left. */
export function unlessLeft(client: Duplex, sent: ClientRequest): void {
  const left = (): void => void sent.destroy();
  if (client.destroyed) {
    left();
    return;
  }
  client.once('close', left);
  sent.once('finish', () => client.removeListener('close', left));
}
