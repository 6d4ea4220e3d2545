/**
 * One script environment of one profile: an engine of its own, the helpers, and the PAC file once it is loaded.
 *
 * The host talks to it in text. A run that a limit, a missing DNS answer or a trap of the engine ends cannot be caught by
 * the script; after a limit or a trap the realm is `broken` and its owner makes a new one.
 */
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten';
import { pending, type RunEnd, type RunTools } from './host.ts';
import { limitMessage, type LimitName, type Limits } from './limits.ts';
import { Checkpoints } from './checkpoints.ts';
import { placeOf } from './outcome.ts';
import { batchSeparator, preludeFor, preludeName, scriptName } from './prelude.ts';
import type { Profile } from './profile.ts';
import { Steps } from './steps.ts';
import type { Place } from './termination.ts';
import { Snapshot } from './snapshot.ts';
import { RuntimeError } from './webassembly.ts';
import { startEngine, type Engine, type Surroundings } from './wasm.ts';

export class Realm implements Disposable {
  readonly #surroundings: Surroundings;
  readonly #limits: Limits;
  readonly #engine: Engine;
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #door = new Map<string, QuickJSHandle>();
  /** Answers of batches by their number; the realm counts on, so its host keeps them. */
  readonly answers: string[] = [];
  readonly #steps: Steps;
  #trap = false;
  #tracing = false;
  #doomed = false;
  #tools: RunTools | null = null;
  #pending = false;
  #phase: 'load' | 'call' = 'load';
  #broken = false;
  #busy = false; // while a script runs
  #copy: Snapshot | undefined;

  private constructor(engine: Engine, surroundings: Surroundings, limits: Limits, profile: Profile) {
    this.#engine = engine;
    this.#surroundings = surroundings;
    this.#limits = limits;
    this.#runtime = engine.module.newRuntime();
    this.#runtime.setMaxStackSize(limits.stack);
    this.#context = this.#runtime.newContext();
    const checkpoints = Checkpoints.of(this.#runtime, this.#context, engine.memory);
    this.#steps = new Steps(checkpoints, profile.dns.mode === 'restart', limits.checks === undefined);
    this.#install(profile);
    this.#runtime.setInterruptHandler(() => this.#mustStop());
  }

  static async create(profile: Profile, limits: Limits, now: number, zone: string): Promise<Realm> {
    const surroundings: Surroundings = { now, zone, memory: limits.memory, memoryRefused: false };
    return new Realm(await startEngine(surroundings), surroundings, limits, profile);
  }

  /** True when the realm cannot be trusted any more. */
  get broken(): boolean {
    return this.#broken;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** True when the engine itself gave way, and nothing can be asked of it any more. */
  get trapped(): boolean {
    return this.#trap;
  }

  /** Time and place of the next run: milliseconds since 1970, IANA zone. */
  setting(now: number, zone: string): void {
    this.#surroundings.now = now;
    this.#surroundings.zone = zone;
  }

  /** Makes Math.random ask the host. */
  useChance(): void {
    this.#context.callFunction(this.#member('chance'), this.#context.undefined).dispose();
  }

  /** Runs the PAC file itself. */
  load(source: string, tools: RunTools): RunEnd {
    this.#phase = 'load';
    this.#steps.script(source, () => this.#place());
    return this.#run(tools, () => {
      const result = this.#context.evalCode(source, scriptName, { type: 'global', strict: false });
      if (result.error) return this.#thrown(result.error);
      result.value.dispose();
      return { kind: 'text', text: '' };
    });
  }

  entry(): string {
    return this.#text(this.#context.callFunction(this.#member('entry'), this.#context.undefined));
  }

  call(url: string, host: string, tools: RunTools): RunEnd {
    return this.#invoke('call', [url, host], tools);
  }

  evaluate(expression: string, url: string, host: string, tools: RunTools): RunEnd {
    return this.#invoke('evaluate', [expression, url, host], tools);
  }

  /**
   * Runs many requests in one crossing; what `progress` then says holds also when the run was ended early,
   * by a limit that all of them share: whether one request alone reaches it is for the caller to find out. */
  batch(requests: readonly { url: string; host: string }[], tools: RunTools): RunEnd {
    const text = requests.map(({ url, host }) => url + batchSeparator + host + batchSeparator).join('');
    const end = this.#invoke('batch', [text], tools);
    if (end.kind === 'error' && !this.#trap && end.error.name === 'TimeLimit') this.#broken = false;
    return end;
  }

  /** [results as numbers of answers, texts of new answers, helper calls] of the last batch or traced run, as JSON. */
  progress(): string {
    const text = this.#text(this.#context.callFunction(this.#member('progress'), this.#context.undefined));
    return text === '' ? '[[],[],[]]' : text; // a script that has left no memory for it
  }

  /** A copy of everything the script can see or change; good until the next one, and put back only between runs. */
  snapshot(): Snapshot {
    return (this.#copy ??= new Snapshot(this.#engine.memory)).take();
  }

  [Symbol.dispose](): void {
    this.#broken = true; // the engine's memory goes with the last reference; freeing it piece by piece serves nobody
    this.#door.clear();
  }

  #invoke(member: string, texts: readonly string[], tools: RunTools): RunEnd {
    this.#phase = 'call';
    return this.#run(tools, () => {
      const handles = texts.map((text) => this.#context.newString(text));
      const result = this.#context.callFunction(this.#member(member), this.#context.undefined, ...handles);
      for (const handle of handles) handle.dispose();
      return result.error ? this.#thrown(result.error) : { kind: 'text', text: this.#text(result) };
    });
  }

  #run(tools: RunTools, action: () => RunEnd): RunEnd {
    this.#tools = tools;
    this.#pending = false;
    this.#surroundings.memoryRefused = false;
    if (tools.trace !== this.#tracing || tools.trace || this.#doomed) this.#begin(tools.trace);
    tools.budget.start();
    this.#busy = true;
    this.#steps.start();
    try {
      const end = action();
      if (this.#pending || this.#doomed) return { kind: 'pending' };
      return this.#surroundings.memoryRefused ? this.#stopped('MemoryLimit') : end;
    } catch (error) {
      return this.#trapped(error);
    } finally {
      this.#busy = false;
      if (this.#doomed) this.#steps.rest();
      tools.budget.stop();
    }
  }

  #begin(trace: boolean): void {
    this.#tracing = trace;
    this.#doomed = false;
    const flag = trace ? this.#context.true : this.#context.false;
    this.#context.callFunction(this.#member('begin'), this.#context.undefined, flag).dispose();
  }

  #mustStop(): boolean {
    if (!this.#busy) return false;
    if (this.#doomed && this.#tools && this.#steps.follows) return this.#steps.endHere(this.#tools.budget);
    this.#steps.next();
    return this.#pending || this.#doomed || this.#surroundings.memoryRefused || (this.#tools?.budget.check() ?? false);
  }

  /** Where the script stands, for the host it has just asked. */
  #place(): Place {
    this.#busy = false; // our own question is no part of the run
    const stack = this.#text(this.#context.callFunction(this.#member('place'), this.#context.undefined));
    this.#busy = true;
    return placeOf(stack);
  }

  /** An error that came out of the engine uncaught: the end of a limit, or a syntax error while loading. */
  #thrown(handle: QuickJSHandle): RunEnd {
    if (this.#pending || this.#doomed) {
      handle.dispose();
      return { kind: 'pending' };
    }
    if (this.#tools?.budget.spent) return this.#stopped('TimeLimit');
    if (this.#surroundings.memoryRefused) return this.#stopped('MemoryLimit');
    const result = this.#context.callFunction(this.#member('report'), this.#context.undefined, handle);
    handle.dispose();
    return result.error ? this.#thrown(result.error) : { kind: 'text', text: this.#text(result) };
  }

  #stopped(name: LimitName): RunEnd {
    this.#broken = true;
    return { kind: 'error', error: { phase: this.#phase, name, message: limitMessage(name, this.#limits) } };
  }

  /** The engine itself gave way: its stack is the host's stack, so depth beyond it surfaces as a RangeError of the host. */
  #trapped(error: unknown): RunEnd {
    this.#trap = true;
    if (error instanceof RangeError) return this.#stopped('StackLimit');
    if (this.#surroundings.memoryRefused || error instanceof RuntimeError) return this.#stopped('MemoryLimit');
    throw error;
  }

  #text(result: ReturnType<QuickJSContext['callFunction']>): string {
    const text = result.error ? '' : this.#context.getString(result.value);
    result.dispose();
    return text;
  }

  #member(name: string): QuickJSHandle {
    const handle = this.#door.get(name);
    if (!handle) throw new Error(`the realm has no "${name}"`);
    return handle;
  }

  #install(profile: Profile): void {
    const context = this.#context;
    const serve = context.newFunction('host', (what, text, index) => this.#serve(what, text, index));
    const setup = context.unwrapResult(context.evalCode(preludeFor(profile), preludeName));
    const door = context.unwrapResult(context.callFunction(setup, context.undefined, context.global, serve));
    for (const name of ['call', 'evaluate', 'batch', 'progress', 'begin', 'entry', 'chance', 'report', 'place']) {
      this.#door.set(name, context.getProp(door, name));
    }
    for (const handle of [serve, setup, door]) handle.dispose();
  }

  #serve(what?: QuickJSHandle, text?: QuickJSHandle, index?: QuickJSHandle): QuickJSHandle {
    const context = this.#context;
    if (!what || !text || !index || !this.#tools || this.#pending) return context.true;
    const operation = context.getString(what);
    const answer = this.#tools.serve(operation, context.getString(text), context.getNumber(index));
    if (answer === pending) {
      this.#pending = true;
      return context.true;
    }
    if (typeof answer === 'string') return context.newString(answer);
    if (typeof answer === 'number') {
      if (operation !== 'random' && !this.#doomed) this.#steps.doom(this.#tools.unseen);
      this.#doomed ||= operation !== 'random';
      return context.newNumber(answer);
    }
    return answer === null ? context.null : answer ? context.true : context.false;
  }
}
