/** What a network tells while it works. The tap of bytes is off unless somebody wants a capture. */
import type { Pen } from '../trace/trace.ts';

export interface Tap {
  readonly bytes: boolean;
  readonly pen: Pen;
}

export function tapData(tap: Tap, by: string, conn: number, dir: 'up' | 'down', chunk: Uint8Array): void {
  if (!tap.bytes) return;
  tap.pen.as(by).write('tcp.data', { conn, dir, length: chunk.length, bytes: Buffer.from(chunk).toString('base64') });
}
