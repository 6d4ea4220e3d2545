/** The whole memory of an engine, taken and put back. */
import type { WasmMemory } from './webassembly.ts';

export class Snapshot {
  readonly #memory: WasmMemory;
  #copy = new Uint8Array();

  constructor(memory: WasmMemory) {
    this.#memory = memory;
  }

  /** One copy serves the engine for its life: it runs one script at a time, and megabytes are slow to come by. */
  take(): this {
    const memory = new Uint8Array(this.#memory.buffer);
    if (this.#copy.length !== memory.length) this.#copy = new Uint8Array(memory.length);
    this.#copy.set(memory);
    return this;
  }

  restore(): void {
    const memory = new Uint8Array(this.#memory.buffer);
    memory.set(this.#copy);
    memory.fill(0, this.#copy.length);
  }
}
