/** Connections that stay open after an answer, for the next request to the same place by the same route. */
import type { Line } from './line.ts';

/**
 * How long a client keeps an idle connection is the program's business: these stay until one end closes. A real pool may
 * let go earlier (100 s in .NET Framework, 300 s in Chromium), a channel for signalling does not.
 */
export class KeptLines {
  readonly #lines = new Map<string, { line: Line; callOff: () => void }>();

  /** `stream` is what requests run on: TLS with the destination, where there is any. */
  put(key: string, { connection, stream }: Line): void {
    this.#close(key);
    const ended = (): void => this.#close(key);
    const events = ['end', 'error', 'close'] as const;
    for (const event of events) stream.on(event, ended);
    const callOff = (): void => {
      for (const event of events) stream.off(event, ended);
    };
    this.#lines.set(key, { line: { connection, stream }, callOff });
    // Nothing is expected but the end.
    stream.resume();
  }

  /** The connection, if both ends still hold it as far as this one knows. It is the caller's now. */
  take(key: string): Line | undefined {
    const kept = this.#lines.get(key);
    this.#lines.delete(key);
    kept?.callOff();
    kept?.line.stream.pause();
    return kept?.line;
  }

  /** Closes all of them. */
  drop(): void {
    for (const key of this.#lines.keys()) this.#close(key);
  }

  #close(key: string): void {
    this.take(key)?.connection.destroy();
  }
}
