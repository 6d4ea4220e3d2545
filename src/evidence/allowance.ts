/** What all connections of a capture together may hold: a file of gigabytes, or a spiteful one, must not fill memory. */

/** Exchanges on connections that have others before, answered well or badly. */
const mostExchanges = { well: 2000, badly: 4000 } as const;
/** Of one connection. */
const mostOfOne = 1000;
/** Of one kind. */
const mostAlike = 100;
const mostKinds = 20_000;
/** Bytes that wait: segments before a hole, heads of which the end has not come. */
const mostWaiting = 32 * 1024 * 1024;
/** Bytes of heads and bodies that are kept. */
const mostKept = 40 * 1024 * 1024;

export class Allowance {
  #waiting = 0;
  #kept = 0;
  readonly #exchanges = { well: 0, badly: 0 };
  readonly #kinds = new Map<string, number>();

  /** Whether so many bytes more may wait. Who may gives them back. */
  wait(length: number): boolean {
    if (this.#waiting + length > mostWaiting) return false;
    this.#waiting += length;
    return true;
  }

  done(length: number): void {
    this.#waiting -= length;
  }

  /** Whether so many bytes more may be kept. */
  keep(length: number): boolean {
    if (this.#kept + length > mostKept) return false;
    this.#kept += length;
    return true;
  }

  free(length: number): void {
    this.#kept -= length;
  }

  /** Whether one more exchange is kept beside `others` of its connection. */
  exchange(kind: string, end: 'well' | 'badly', others: number): boolean {
    if (others >= mostOfOne || this.#exchanges[end] >= mostExchanges[end]) return false;
    const count = (this.#kinds.get(kind) ?? 0) + 1;
    if (count === 1 && this.#kinds.size >= mostKinds) this.#kinds.clear();
    this.#kinds.set(kind, count);
    if (count > mostAlike) return false;
    this.#exchanges[end] += 1;
    return true;
  }
}
