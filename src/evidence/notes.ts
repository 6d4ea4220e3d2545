/** What is worth saying about a file, each kind once, with how often. */
import type { Note } from './evidence.ts';

export class Notes {
  readonly #notes = new Map<string, Note>();
  file = '';

  add(says: string, frame?: number): void {
    const key = `${this.file}\0${says}`;
    const known = this.#notes.get(key);
    if (known) known.count += 1;
    else this.#notes.set(key, { file: this.file, says, count: 1, ...(frame === undefined ? {} : { frame }) });
  }

  get all(): Note[] {
    return [...this.#notes.values()];
  }
}
