/** What a network tells while it works. The tap of bytes is off unless somebody wants a capture. */
import type { EventMap } from '../trace/events.ts';
import type { Pen } from '../trace/trace.ts';

export interface Tap {
  readonly bytes: boolean;
  readonly pen: Pen;
}

/** The bytes are kept as they are, and written in base64 when somebody reads the event. */
export function tapData(tap: Tap, by: string, conn: number, dir: 'up' | 'down', chunk: Uint8Array): void {
  if (tap.bytes) tap.pen.as(by).write('tcp.data', new Data(conn, dir, chunk) as unknown as EventMap['tcp.data']);
}

class Data {
  readonly conn: number;
  readonly dir: 'up' | 'down';
  readonly length: number;
  readonly #chunk: Uint8Array;

  constructor(conn: number, dir: 'up' | 'down', chunk: Uint8Array) {
    this.conn = conn;
    this.dir = dir;
    this.length = chunk.length;
    this.#chunk = chunk;
    Object.defineProperty(this, 'bytes', Data.#bytes);
  }

  /** One for all: V8 gives objects of one shape each to getters of their own. It is found where fields are listed. */
  static readonly #bytes: PropertyDescriptor = {
    enumerable: true,
    get(this: Data) {
      const { buffer, byteOffset, length } = this.#chunk;
      return Buffer.from(buffer, byteOffset, length).toString('base64');
    },
  };
}
