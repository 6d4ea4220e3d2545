/** Answers of a script that a client keeps, one for each host, and gives again without asking. */
import type { Script } from './script.ts';

export class KeptAnswers<T> {
  readonly #answers = new Map<string, T>();
  #script: Script | undefined;

  /** What this script said of the host the first time. */
  get(script: Script, host: string): T | undefined {
    return script === this.#script ? this.#answers.get(host) : undefined;
  }

  /** Answers of another script are forgotten. */
  put(script: Script, host: string, answer: T): void {
    if (script !== this.#script) this.drop();
    this.#script = script;
    this.#answers.set(host, answer);
  }

  drop(): void {
    this.#answers.clear();
    this.#script = undefined;
  }
}
