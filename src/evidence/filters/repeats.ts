/** Which segments were sent before: the number they begin with is one that has passed. Packets out of order count too. */
import type { Segment } from '../segment.ts';

/** Directions that are remembered; beyond them the longest untouched is forgotten. */
const most = 16_000;

export class Repeats {
  readonly #next = new Map<string, number>();

  again({ from, to, seq, syn, fin, rst, payload, missing }: Segment): boolean {
    const length = payload.length + missing + (syn ? 1 : 0) + (fin ? 1 : 0);
    if (length === 0 || rst) return false;
    const key = `${from} ${to}`;
    const known = this.#next.get(key);
    const behind = known === undefined ? 0 : (seq - known) | 0;
    // A SYN with another number begins another connection; one byte before the next is a keep-alive.
    const fresh = known === undefined || (syn && behind !== -1);
    const again = !fresh && behind < 0 && !(behind === -1 && length <= 1 && !syn && !fin);
    this.#next.delete(key);
    const end = (seq + length) | 0;
    this.#next.set(key, fresh || ((end - known) | 0) > 0 ? end : known);
    const [oldest] = this.#next;
    if (this.#next.size > most && oldest) this.#next.delete(oldest[0]);
    return again;
  }
}
