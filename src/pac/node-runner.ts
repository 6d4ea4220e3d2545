/** The `node` profile: pac-resolver 9 itself, on the engine it is made for, with limits. */
import type { QuickJS } from 'quickjs-wasi';
import { Budget, limitMessage, type LimitName, type Limits } from './limits.ts';
import { Lookups } from './lookup.ts';
import { harden, machineOf } from './node-guards.ts';
import { nodeHelpers, type NodeHelpers, type NodeWorld } from './node-helpers.ts';
import type { LineMap } from './node-lines.ts';
import { settingOf, type ResolveOptions } from './options.ts';
import type { Profile } from './profile.ts';
import type { HelperCall, PacError, ScriptArguments } from './result.ts';
import type { Run, Runner } from './run.ts';
import { zoneOffset } from './zone.ts';

interface LoadedNode {
  readonly find: ((url: string, host: string) => Promise<unknown>) | null;
  readonly error: PacError | null;
  readonly source: string;
}

type Engine = { vm: QuickJS; world: NodeWorld; calls: HelperCall[]; trace: boolean; lines: LineMap | null };

export class NodeRunner implements Runner {
  readonly #source: string;
  readonly #profile: Profile;
  readonly #limits: Limits;
  #engine: Engine | null = null;
  /** How many there have been, the ends of them counted as well: tells whether one is still in use. */
  #engines = 0;
  /** Helpers called so far. */
  #called = 0;
  #loaded: LoadedNode | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #budget = new Budget(0);
  #outstanding: Promise<unknown> | null = null;

  constructor(source: string, profile: Profile, limits: Limits) {
    this.#source = source;
    this.#profile = profile;
    this.#limits = limits;
  }

  call(script: ScriptArguments, options: ResolveOptions, trace: boolean): Promise<Run> {
    return this.#inTurn(async () => {
      await this.#enter(options, trace);
      this.#loaded ??= await this.#load(this.#source);
      return this.#ask(this.#loaded, script);
    });
  }

  /** The expression must stand in a script: pac-resolver rewrites calls of helpers, but not inside `eval`. */
  evaluate(expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean): Promise<Run> {
    return this.#inTurn(async () => {
      this.#forget();
      await this.#enter(options, trace);
      const asked = `${this.#source}\nfunction FindProxyForURL(url, host) { return (${expression}\n); }`;
      const run = await this.#ask(await this.#load(asked), script);
      this.#forget();
      return run.error ? run : { ...run, text: `v${JSON.stringify(marked(run.value))}` };
    });
  }

  [Symbol.dispose](): void {
    this.#forget();
  }

  #inTurn(task: () => Promise<Run>): Promise<Run> {
    const turn = this.#queue.then(task);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #enter(options: ResolveOptions, trace: boolean): Promise<void> {
    const { now, zone } = settingOf(options);
    const lookups = new Lookups(options, this.#profile.dns);
    const limits = { ...this.#limits, ...options.limits };
    this.#budget = new Budget(limits.time, limits.checks);
    const waiting = async <T>(until: Promise<T>): Promise<T> => {
      this.#budget.stop();
      this.#outstanding = until;
      const value = await until;
      this.#outstanding = null;
      return value;
    };
    const matches = (source: string, text: string): boolean => this.#matches(source, text);
    const world: NodeWorld = { lookups, myIp: options.myIp ?? [], now, zone, alerts: [], matches, waiting };
    if (this.#engine) Object.assign(this.#engine, { world, calls: [], trace });
    else {
      const [vm] = await Promise.all([this.#startVm(), import('./pac-resolver.ts')]); // both take their time to load
      this.#engine = { vm, world, calls: [], trace, lines: null };
    }
  }

  async #startVm(): Promise<QuickJS> {
    const { QuickJS } = await import('quickjs-wasi');
    const now = (): number => this.#engine?.world.now ?? 0;
    const born = ++this.#engines;
    const vm = await QuickJS.create({
      memoryLimit: this.#limits.memory,
      interruptHandler: () => {
        if (born !== this.#engines) return true; // an engine that was given up
        this.#budget.start();
        return this.#budget.check();
      },
      timezoneOffset: (seconds: number) => -zoneOffset(this.#engine?.world.zone ?? 'UTC', seconds * 1000) / 60_000,
      wasi: machineOf(now),
    });
    harden(vm);
    return vm;
  }

  async #load(source: string): Promise<LoadedNode> {
    const engine = this.#engine;
    if (!engine) throw new Error('the engine has not been started');
    const { createPacResolver, sandbox } = await import('./pac-resolver.ts');
    // The functions take fewer and stricter arguments than a script may pass; they are written for that.
    const helpers = nodeHelpers(() => engine.world, sandbox as unknown as NodeHelpers);
    this.#budget.start();
    try {
      return { find: createPacResolver(engine.vm, source, { sandbox: this.#recorded(helpers) }), error: null, source };
    } catch (error) {
      return { find: null, error: this.#errorOf(error, 'load'), source };
    } finally {
      this.#budget.stop();
    }
  }

  async #ask({ find, error, source }: LoadedNode, script: ScriptArguments): Promise<Run> {
    const engine = this.#engine;
    if (!find || !engine) return this.#run(null, undefined, error);
    if (engine.trace) engine.lines ??= (await import('./node-lines.ts')).lineMap(source, String(find));
    this.#budget.start();
    try {
      const value = await Promise.race([find(script.url, script.host), this.#stalled()]);
      if (this.#budget.spent) return this.#limited('TimeLimit');
      return this.#run(
        typeof value === 'string' ? `s${value}` : `n${value === null ? 'null' : typeof value}`,
        value,
        null,
      );
    } catch (thrown) {
      return this.#run(null, undefined, this.#errorOf(thrown, 'call'));
    } finally {
      this.#budget.stop();
    }
  }

  /** Ends the wait for a promise that nothing will ever settle: no lookup is under way, and the engine is idle. */
  async #stalled(): Promise<never> {
    let seen = this.#called;
    for (let idle = 0; idle < 1000; idle++) {
      if (seen !== this.#called) idle = 0;
      seen = this.#called;
      if (this.#outstanding) {
        await this.#outstanding;
        idle = 0;
      }
      await Promise.resolve();
    }
    throw new Error('the script waits for a promise that is never settled');
  }

  /** Wraps each helper so that its calls are kept; async ones stay async, because pac-resolver looks for that. */
  #recorded(helpers: NodeHelpers): NodeHelpers {
    return Object.fromEntries(
      Object.entries(helpers).map(([name, helper]) => {
        if (helper.constructor.name !== 'AsyncFunction') {
          return [name, (...args: unknown[]) => this.#noted(name, args, this.#place(), helper(...args))];
        }
        return [
          name,
          async (...args: unknown[]) => {
            const born = this.#engines;
            this.#called++;
            const place = this.#place();
            const result = await helper(...args);
            // The script of an engine that was given up waits here for ever.
            if (born !== this.#engines) await new Promise<never>(() => undefined);
            return this.#noted(name, args, place, result);
          },
        ];
      }),
    );
  }

  #noted(fn: string, args: unknown[], stack: string, result: unknown): unknown {
    const engine = this.#engine;
    if (engine?.trace) engine.calls.push({ fn, args, result, line: engine.lines?.(fn, stack) ?? null });
    return result;
  }

  #matches(source: string, text: string): boolean {
    const { vm } = this.#engine ?? {};
    if (!vm) return false;
    using result = vm.evalCode(`new RegExp(${JSON.stringify(source)}).test(${JSON.stringify(text)})`, 'pac:pattern');
    return Boolean(vm.dump(result));
  }

  /** Stack of the script at this moment, from inside the engine. */
  #place(): string {
    const engine = this.#engine;
    if (!engine?.trace) return '';
    using stack = engine.vm.evalCode('new Error().stack', 'pac:place');
    return String(engine.vm.dump(stack));
  }

  #errorOf(thrown: unknown, phase: 'load' | 'call'): PacError {
    if (this.#budget.spent) return this.#limitError('TimeLimit', phase);
    const { name, message } = thrown instanceof Error ? thrown : { name: String(thrown), message: String(thrown) };
    if (/call stack size|stack overflow/i.test(message)) return this.#limitError('StackLimit', phase);
    if (/out of memory|unreachable|out of bounds|string too long|invalid string length/.test(message))
      return this.#limitError('MemoryLimit', phase);
    const line = /^Line (\d+):/.exec(message)?.[1];
    return { phase, name: line ? 'SyntaxError' : name, message, ...(line && { line: Number(line) }) };
  }

  #limitError(name: LimitName, phase: 'load' | 'call'): PacError {
    return { phase, name, message: limitMessage(name, this.#limits) };
  }

  #limited(name: LimitName): Run {
    return this.#run(null, undefined, this.#limitError(name, 'call'));
  }

  #run(text: string | null, value: unknown, error: PacError | null): Run {
    const { calls = [], world } = this.#engine ?? {};
    const names = world?.lookups.names ?? [];
    const entry = error?.phase === 'load' ? null : 'FindProxyForURL';
    if (error?.name.endsWith('Limit')) this.#forget();
    return { text, value, error, entry, calls, alerts: world?.alerts ?? [], names, runs: 1 };
  }

  /** A helper may still be on its way into the engine, so that goes with its last reference. */
  #forget(): void {
    this.#engines++;
    this.#engine = null;
    this.#loaded = null;
  }
}

const marked = (value: unknown): unknown => {
  if (value === undefined) return { $undefined: true };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  return typeof value === 'bigint' ? String(value) : value;
};
