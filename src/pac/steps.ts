/** The steps of one realm's scripts: how often the engine looks at its limits, and where a doomed run ends. */
import type { Checkpoints } from './checkpoints.ts';
import type { Budget } from './limits.ts';
import { Pace } from './pace.ts';
import { Termination, type Place } from './termination.ts';

export class Steps {
  readonly #checkpoints: Checkpoints | null;
  readonly #pace: Pace | null;
  readonly #restarts: boolean;
  #termination: Termination | null = null;
  #unseen = false;

  /** `restarts`: the client throws runs away; `paced`: looks may depend on time. */
  constructor(checkpoints: Checkpoints | null, restarts: boolean, paced: boolean) {
    this.#checkpoints = checkpoints;
    this.#pace = checkpoints && paced ? new Pace(checkpoints) : null;
    this.#restarts = restarts;
  }

  /** True when doomed runs can be followed step by step. */
  get follows(): boolean {
    return this.#termination !== null;
  }

  /** Before the script is loaded; `place` asks the engine where it stands. */
  script(source: string, place: () => Place): void {
    if (this.#checkpoints && this.#restarts) this.#termination = new Termination(source, this.#checkpoints, place);
  }

  /** Before a run. */
  start(): void {
    this.#pace?.start();
  }

  /** At a look at the limits. */
  next(): void {
    this.#pace?.next();
  }

  /** The client will throw this run away; where nobody can see what it still does, that is not followed. */
  doom(unseen = false): void {
    this.#unseen = unseen;
    this.#termination?.begin();
  }

  /** Whether a doomed run ends at this step. To follow it costs more than to run it, and is not the script's time. */
  endHere(budget: Budget): boolean {
    if (this.#unseen) return true;
    budget.stop();
    const ends = this.#termination?.endsHere() ?? true;
    budget.start();
    return ends;
  }

  /** After a doomed run. */
  rest(): void {
    this.#termination?.end();
  }
}
