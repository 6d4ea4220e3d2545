/** What plain scripts compute with, and how they give up. */

/** Values of a plain script: nothing that has an identity, so nothing that could be changed behind somebody's back. */
export type Value = string | number | boolean | null | undefined;

/** Variables of one call: the parameters first. */
export type Frame = Value[];

export type Expression = (frame: Frame) => Value;

/** Thrown while running where only the engine knows the answer; always the same one, so that it costs no stack. */
export class Unsure extends Error {}
const unsure = new Unsure('only the engine knows');

/** Thrown while compiling: the script is not plain. */
export class NotPlain extends Error {}

export function unsureHere(): never {
  throw unsure;
}

/** Steps that loops and calls of one request may take, and how deep its calls may go; beyond that the engine decides. */
export class Fuel {
  #steps = 0;
  #depth = 0;

  /** Before a request: the client may start the script several times for it. */
  fill(): void {
    this.#steps = 10_000;
  }

  /** Before each run. */
  start(): void {
    this.#depth = 0;
  }

  step(): void {
    if (--this.#steps < 0) unsureHere();
  }

  /** For one operation that compares `a` characters with `b` others, each with each at the worst. */
  compare(a: number, b: number): void {
    const work = a * b;
    if (work > 2000 && (this.#steps -= work / 1000) < 0) unsureHere();
  }

  enter(): void {
    this.step();
    if (++this.#depth > 20) unsureHere();
  }

  leave(): void {
    this.#depth--;
  }
}

/** Longest text that is handled here: with so few steps, no script comes to a limit with such texts. */
export const longest = 20_000;

export function textIn(value: Value): string {
  return typeof value === 'string' ? value : unsureHere();
}
