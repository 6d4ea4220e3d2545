/**
 * The places at which the engine looks whether it is to stop.
 *
 * It counts down from 10 000 and asks its host at zero; every call and every jump is one step. Here the counter is found in
 * the engine's memory by what it does, so that a run can be followed step by step, and the steps are told apart by where in
 * the engine's code the question comes from. Both are found out once, with scripts whose steps are known; a test of this
 * file fails when an update of the package breaks that, and runs are then followed less closely.
 */
import type { QuickJSContext, QuickJSRuntime } from 'quickjs-emscripten';
import type { WasmMemory } from './webassembly.ts';

/** At a jump, at a call that the script spells out, or at one that it does not. */
export type Checkpoint = 'jump' | 'call' | 'implicit call';

/** A place in the engine's code: number of the function, offset. */
type Frame = readonly [fn: string, offset: string];

interface Anatomy {
  /** Of the counter, in 32-bit words from the context. */
  readonly counter: number;
  /** Frames between the host and the function that asks. */
  readonly depth: number;
  /** Where the function that runs calls asks when it is entered. */
  readonly entry: Frame;
}

const often = 10_000;
let anatomy: Anatomy | null | undefined;

export class Checkpoints {
  readonly #memory: WasmMemory;
  readonly #counter: number;
  readonly #anatomy: Anatomy;

  private constructor(memory: WasmMemory, context: number, found: Anatomy) {
    this.#memory = memory;
    this.#counter = (context >> 2) + found.counter;
    this.#anatomy = found;
  }

  /** For a context in which nothing has run yet, and which has no interrupt handler; null where the engine is another. */
  static of(runtime: QuickJSRuntime, context: QuickJSContext, memory: WasmMemory): Checkpoints | null {
    const pointer = (context as unknown as { ctx?: { value?: unknown } }).ctx?.value; // protected, so it may be missing
    if (typeof pointer !== 'number') return null;
    anatomy ??= explore(runtime, context, new Int32Array(memory.buffer, pointer, 128));
    return anatomy && new Checkpoints(memory, pointer, anatomy);
  }

  /** Asks at every step from now on: to be called again at each one. */
  watch(): void {
    this.#set(1);
  }

  /** Asks after so many steps. */
  after(steps: number): void {
    this.#set(steps);
  }

  /** Asks now and then, as ever. */
  rest(): void {
    this.#set(often);
  }

  /** Which step the engine has come to; only while it asks. */
  here(): Checkpoint {
    const { depth, entry } = this.#anatomy;
    const frames = engineFrames();
    const [at, above] = [frames[depth], frames[depth + 1]];
    const spelledOut = above?.[0] === entry[0];
    if (at?.[0] === entry[0] && at[1] !== entry[1]) return 'jump';
    return spelledOut ? 'call' : 'implicit call';
  }

  #set(steps: number): void {
    new Int32Array(this.#memory.buffer)[this.#counter] = steps;
  }
}

function explore(runtime: QuickJSRuntime, context: QuickJSContext, words: Int32Array): Anatomy | null {
  const run = (code: string): void => context.evalCode(code).dispose();
  run('1'); // the first question sets the counter
  const before = words.slice();
  run('for (let i = 0; i < 100; i++);'); // a var would stay, for the script to see
  const between = words.slice();
  run('for (let i = 0; i < 300; i++);');
  const counter = words.findIndex((after, at) => {
    const [first = 0, second = 0] = [before[at], between[at]];
    return first <= often && first - second >= 100 && second - after >= 300 && second - after < 1000;
  });
  if (counter < 0) return null;
  const seen: Frame[][] = [];
  runtime.setInterruptHandler(() => {
    seen.push(engineFrames());
    words[counter] = 1;
    return false;
  });
  words[counter] = 1;
  run('for (let i = 0; i < 1; i++);');
  runtime.removeInterruptHandler();
  words[counter] = often;
  // The first question is the entry of the script, the second one a jump.
  const [call = [], jump = []] = seen;
  const depth = call.findIndex(([, offset], at) => offset !== jump[at]?.[1]);
  const entry = call[depth];
  return entry && entry[0] === jump[depth]?.[0] ? { counter, depth, entry } : null;
}

/** What of the engine is on the stack of the host, innermost first. */
function engineFrames(): Frame[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 16;
  delete (Error as Partial<ErrorConstructor>).prepareStackTrace; // whoever reads stacks otherwise, has them in another form
  const stack = new Error('here').stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
  return [...stack.matchAll(/wasm-function\[(\d+)\]:0x([0-9a-f]+)/g)].map(([, fn = '', offset = '']) => [fn, offset]);
}
