/**
 * How often the engine is to look at its limits: it counts steps of the script, and a step may be a built-in function that
 * takes long. So the first look comes soon, and the next ones as far apart as the time between them allows.
 */
import type { Checkpoints } from './checkpoints.ts';
import { wallTime } from './limits.ts';

/** Steps to the first look, and between two looks at the least and at the most. */
const steps = { first: 64, least: 4, most: 10_000 };

/** Milliseconds between two looks that are too many. */
const long = 4;

export class Pace {
  readonly #checkpoints: Checkpoints;
  #steps = 0;
  #looked = 0;

  constructor(checkpoints: Checkpoints) {
    this.#checkpoints = checkpoints;
  }

  start(): void {
    this.#looked = wallTime();
    this.#set(steps.first);
  }

  /** At each look. */
  next(): void {
    const now = wallTime();
    const wanted = now - this.#looked > long ? this.#steps >> 2 : this.#steps * 4;
    this.#looked = now;
    this.#set(Math.min(steps.most, Math.max(steps.least, wanted)));
  }

  #set(count: number): void {
    this.#steps = count;
    this.#checkpoints.after(count);
  }
}
