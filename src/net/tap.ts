/** What a network tells while it works. The tap of bytes is off unless somebody wants a capture. */
import type { Pen } from '../trace/trace.ts';

export interface Tap {
  readonly bytes: boolean;
  readonly pen: Pen;
}

/** The bytes are kept as they are, and written in base64 when somebody reads the event. */
export function tapData(tap: Tap, by: string, conn: number, dir: 'up' | 'down', chunk: Uint8Array): void {
  if (!tap.bytes) return;
  tap.pen.as(by).write('tcp.data', {
    conn,
    dir,
    length: chunk.length,
    get bytes() {
      return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('base64');
    },
  });
}
