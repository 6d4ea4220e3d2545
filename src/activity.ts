/**
 * What is in flight. The virtual clock may move only when nothing is: no byte between two sockets, no datagram, no
 * handshake, no work that was announced with {@link Activity.during}.
 *
 * Quiescence: the count is zero, and stays untouched for a few turns of the event loop, so that promise chains,
 * stream ticks and polls that are already due have run.
 */
const settledTurns = 4;

export class Activity {
  #count = 0;
  #touched = 0;
  #waiting = 0;

  /** Something left and has not arrived. */
  begin(): void {
    this.#count += 1;
    this.#touched += 1;
  }

  /** It arrived, or never will. */
  end(): void {
    this.#count -= 1;
    this.#touched += 1;
  }

  /** Something happened: the quiet turns start anew. */
  touch(): void {
    this.#touched += 1;
  }

  get inFlight(): number {
    return this.#count;
  }

  /** Holds time still while work runs that no socket shows: certificates, files, an engine. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work;
    } finally {
      this.end();
    }
  }

  /**
   * Resolves when nothing is in flight and nothing has happened for a few turns of the event loop. Whoever waits here
   * is about to go on, so the clock stands still until then.
   */
  async settled(): Promise<void> {
    this.#waiting += 1;
    try {
      await this.#quiet(() => true);
    } finally {
      this.#waiting -= 1;
      this.touch();
    }
  }

  /** For the clock alone: settled, and nobody waits for that. */
  idle(): Promise<void> {
    return this.#quiet(() => this.#waiting === 0);
  }

  async #quiet(also: () => boolean): Promise<void> {
    let seen = -1;
    let quiet = 0;
    while (quiet < settledTurns) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#count === 0 && this.#touched === seen && also()) quiet += 1;
      else quiet = 0;
      seen = this.#touched;
    }
  }
}
