/**
 * One direction of one connection, from the write call of one end to the read of the other: how much is under way.
 * A reader that has stopped reading (backpressure, a proxy that hangs) holds nothing in flight.
 */
import type { Activity } from '../activity.ts';

export class Flow {
  #pending = 0;
  #finPending = false;
  #stalled = false;
  #busy = false;
  #ended = false;
  #afterwards: (() => void) | undefined;
  readonly #activity: Activity;

  constructor(activity: Activity) {
    this.#activity = activity;
  }

  sent(length: number): void {
    if (this.#ended) return;
    this.#pending += length;
    this.#update();
  }

  received(length: number): void {
    this.#pending = Math.max(0, this.#pending - length);
    this.#update();
  }

  /** FIN or RST left. */
  finSent(): void {
    if (this.#ended) return;
    this.#finPending = true;
    this.#update();
  }

  /** FIN or RST arrived, or the reader is gone: nothing more will be heard in this direction. */
  finished(): void {
    this.#ended = true;
    this.#pending = 0;
    this.#finPending = false;
    this.#update();
  }

  /** Runs `task` once nothing is under way any more, or nobody reads. */
  whenArrived(task: () => void): void {
    this.#afterwards = task;
    this.#update();
  }

  set stalled(stalled: boolean) {
    this.#stalled = stalled;
    this.#update();
  }

  #update(): void {
    const busy = (this.#pending > 0 || this.#finPending) && !this.#stalled;
    this.#activity.touch();
    if (this.#afterwards && (this.#pending === 0 || this.#stalled)) {
      const task = this.#afterwards;
      this.#afterwards = undefined;
      task();
    }
    if (busy === this.#busy) return;
    this.#busy = busy;
    if (busy) this.#activity.begin();
    else this.#activity.end();
  }
}
