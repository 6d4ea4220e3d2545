/**
 * What stands before the engine of one profile: it answers what a plain script can be asked without it, and hands on the
 * rest. The engine is loaded when it is first needed.
 */
import { hostBypassed, scriptArguments } from './arguments.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { ResolveOptions } from './options.ts';
import type { PlainScript } from './plain/index.ts';
import type { Profile } from './profile.ts';
import { none, notConsulted, plainResolution, resolution } from './resolution.ts';
import type { Entry, Resolution, ScriptArguments } from './result.ts';
import type { Run, Runner } from './run.ts';
import type { SandboxRunner } from './runner.ts';

/** Requests after which a script is read that only the engine can judge. */
const patience = 32;

interface Read {
  readonly plain: PlainScript;
  readonly entry: Entry;
}

export class FrontRunner implements Runner {
  readonly #source: string;
  readonly #profile: Profile;
  readonly #limits: Limits;
  #engine: SandboxRunner | null = null;
  #loading: Promise<SandboxRunner> | null = null;
  #requests = 0;
  /** Whether the script has been read before the engine had it, and after. */
  #studied: 'not yet' | 'alone' | 'loaded' = 'not yet';
  #studying: Promise<void> | null = null;
  #read: Read | null = null;
  #disposed = false;

  constructor(source: string, profile: Profile, limits: Limits) {
    this.#source = source;
    this.#profile = profile;
    this.#limits = limits;
  }

  /** True when there is something to find out about the script: see {@link study}. */
  ripe(requests = 1): boolean {
    if (this.#studied === 'loaded') return this.#studying !== null;
    this.#requests += requests;
    return this.#studied === 'not yet' || this.#studying !== null || this.#requests > patience;
  }

  /** Reads the script, so that the engine need not be asked everything. Nothing that a caller can see depends on it. */
  study(options: ResolveOptions): Promise<void> {
    return (this.#studying ??= this.#study(options).finally(() => (this.#studying = null)));
  }

  async #study(options: ResolveOptions): Promise<void> {
    if (this.#studied === 'not yet') {
      this.#studied = 'alone';
      if (isUsual(this.#limits)) {
        const { plainAlone } = await import('./plain/alone.ts');
        const found = await plainAlone(this.#source, this.#profile);
        if (found) this.#found({ plain: found.script, entry: found.entry });
      }
    }
    if (this.#requests <= patience || this.#read || this.#studied !== 'alone') return;
    this.#studied = 'loaded';
    const { plainScript } = await import('./plain/index.ts');
    const engine = await this.#ready();
    const entry = await engine.entry(options);
    const plain = entry && plainScript(this.#source, this.#profile, entry);
    if (plain) this.#found({ plain, entry });
    else if (entry) await engine.study();
  }

  /** The answer of a plain script; undefined when the engine has to be asked. */
  plain(script: ScriptArguments, options: ResolveOptions, trace: boolean): Resolution | undefined {
    if (!this.#read || options.limits || this.#disposed) return undefined;
    const { plain, entry } = this.#read;
    const { url, host } = script;
    const answer = plain.answer(url, host, options);
    if (answer === undefined) return undefined;
    const { session, dependent } = plain.outside;
    if (!session && !dependent) {
      const calls = trace ? () => plain.calls(url, host) : none;
      return plainResolution(this.#profile, script, entry, answer, calls, options.mandatory);
    }
    // What depends on the outside is found out now, not when it may have changed.
    const fixed = dependent ? { ...options, setting: plain.outside.setting } : options;
    const calls = !trace ? none : dependent ? plain.calls(url, host, fixed) : () => plain.calls(url, host);
    const { alerts = none, names = none, runs = 1 } = session ?? {};
    const run: Run = { text: `s${answer}`, error: null, entry, calls, alerts, names, runs };
    return resolution(this.#profile, script, run, options.mandatory);
  }

  call(script: ScriptArguments, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    if (this.#engine) return this.#engine.call(script, options, trace);
    return this.#ready().then((engine) => engine.call(script, options, trace));
  }

  /** An expression may change what the script keeps, so from now on the engine is asked. */
  evaluate(expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    this.#read = null;
    this.#studied = 'loaded';
    if (this.#engine) return this.#engine.evaluate(expression, script, options, trace);
    return this.#ready().then((engine) => engine.evaluate(expression, script, options, trace));
  }

  /** Many URLs, in their order, without gathering helper calls. */
  async many(urls: readonly string[], options: ResolveOptions): Promise<Resolution[]> {
    if (urls.length > 0 && this.ripe(urls.length)) await this.study(options);
    const results: Resolution[] = [];
    const left: { script: ScriptArguments; at: number }[] = [];
    for (const url of urls) {
      const script = scriptArguments(url, this.#profile);
      const known = hostBypassed(script.host, this.#profile) ? notConsulted : this.plain(script, options, false);
      if (!known) left.push({ script, at: results.length });
      results.push(known ?? notConsulted);
    }
    if (left.length === 0) return results;
    const scripts = left.map(({ script }) => script);
    const answers = await (await this.#ready()).many(scripts, options);
    answers.forEach((answer, index) => (results[left[index]?.at ?? 0] = answer));
    return results;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#engine?.[Symbol.dispose]();
  }

  #found(read: Read): void {
    this.#read = read;
    this.#studied = 'loaded';
  }

  #ready(): Promise<SandboxRunner> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<SandboxRunner> {
    const { SandboxRunner } = await import('./runner.ts');
    this.#engine = new SandboxRunner(this.#source, this.#profile, this.#limits);
    if (this.#disposed) this.#engine[Symbol.dispose]();
    return this.#engine;
  }
}

/** Whoever asks for other limits wants to see what the engine does within them, from the start. */
const isUsual = (limits: Limits): boolean =>
  limits.checks === undefined &&
  (['time', 'memory', 'stack'] as const).every((name) => limits[name] >= defaultLimits[name]);
