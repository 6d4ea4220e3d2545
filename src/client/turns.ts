/** One thing after the other: what programs do again on the clock never runs into a step, nor into each other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn;
    return turn;
  }

  /** Resolves when nothing is left to do, and rejects with what went wrong. */
  async idle(): Promise<void> {
    for (let last; last !== this.#last;) {
      last = this.#last;
      await last;
    }
  }
}
