/** Runs a PAC file for one sandboxed profile: loads it once, keeps its globals, restarts it where the client does. */
import { resolveBatch, type BatchTools } from './batch.ts';
import { Budget, type Limits } from './limits.ts';
import { Lookups } from './lookup.ts';
import { settingOf, type ResolveOptions } from './options.ts';
import { jscriptSyntaxError } from './jscript.ts';
import { errorFrom, callsFrom } from './outcome.ts';
import type { Profile } from './profile.ts';
import { Realm, type RunEnd, type RunTools } from './realm.ts';
import type { Entry, HelperCall, PacError, Resolution, ScriptArguments } from './result.ts';
import { Session } from './session.ts';

/** What came of one call of the script. */
export interface Run {
  /** Prelude text: `s…` a string, `n…` another type, `v…` a value; null when there is an error. */
  readonly text: string | null;
  /** What was returned, where the engine gives it as a value. */
  readonly value?: unknown;
  readonly error: PacError | null;
  readonly entry: Entry | null;
  readonly calls: readonly HelperCall[];
  readonly alerts: readonly string[];
  readonly names: readonly string[];
  readonly runs: number;
}

/** Runs a script for one profile. */
export interface Runner extends Disposable {
  call: (script: ScriptArguments, options: ResolveOptions, trace: boolean) => Promise<Run>;
  evaluate: (expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean) => Promise<Run>;
}

type Action = (realm: Realm, tools: RunTools) => RunEnd;

interface Loaded {
  readonly realm: Realm | null;
  readonly error: PacError | null;
  readonly entry: Entry | null;
}

export class SandboxRunner implements Runner {
  readonly #source: string;
  readonly #profile: Profile;
  readonly #limits: Limits;
  #loaded: Loaded | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(source: string, profile: Profile, limits: Limits) {
    this.#source = source;
    this.#profile = profile;
    this.#limits = limits;
  }

  call(script: ScriptArguments, options: ResolveOptions, trace: boolean): Promise<Run> {
    return this.#run((realm, tools) => realm.call(script.url, script.host, tools), options, trace);
  }

  evaluate(expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean): Promise<Run> {
    return this.#run((realm, tools) => realm.evaluate(expression, script.url, script.host, tools), options, trace);
  }

  /** One at a time: a realm is a single thread, and its globals live from call to call. */
  #run(action: Action, options: ResolveOptions, trace: boolean): Promise<Run> {
    const turn = this.#queue.then(() => this.#runNow(action, options, trace));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Many URLs, in their order, without gathering helper calls. */
  many(urls: readonly string[], options: ResolveOptions): Promise<Resolution[]> {
    const tools: BatchTools = {
      profile: this.#profile,
      limits: { ...this.#limits, ...options.limits },
      realm: async () => {
        const { realm } = await this.#load(options);
        if (realm?.broken) this.#forget();
        return this.#load(options);
      },
      alone: (script) => this.#runNow((realm, each) => realm.call(script.url, script.host, each), options, false),
    };
    const turn = this.#queue.then(() => resolveBatch(urls, options, tools));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#forget();
  }

  async #runNow(action: Action, options: ResolveOptions, trace: boolean): Promise<Run> {
    if (this.#disposed) throw new Error('this PAC file has been disposed of');
    const limits = { ...this.#limits, ...options.limits };
    const { realm, error, entry } = await this.#load(options);
    if (!realm) return { ...nothing, error, entry };
    const { session, lookups } = this.#session(options, false);
    const budget = new Budget(limits.time);
    const end = await this.#untilDone(realm, session, lookups, options, (serve) =>
      action(realm, { serve, budget, trace }),
    );
    const calls = trace && end.kind === 'text' && !realm.broken ? callsFrom(realm.progress()) : [];
    if (realm.broken) this.#forget();
    const rest = { entry, calls, alerts: session.alerts, names: lookups.names, runs: session.runs };
    if (end.kind === 'error') return { ...rest, text: null, error: end.error };
    const text = end.kind === 'text' ? end.text : '';
    const thrown = errorFrom(text, 'call', this.#profile);
    return thrown ? { ...rest, text: null, error: thrown } : { ...rest, text, error: null };
  }

  /** Runs, and runs again for each answer that was not there, as the client does or as if it had waited. */
  async #untilDone(
    realm: Realm,
    session: Session,
    lookups: Lookups,
    options: ResolveOptions,
    once: (serve: Session['serve']) => RunEnd,
  ): Promise<RunEnd> {
    const setting = settingOf(options);
    let copy: Uint8Array | null = null;
    for (;;) {
      if (lookups.asynchronous && session.blocking) copy ??= realm.snapshot();
      session.begin();
      realm.setting(setting.now, setting.zone);
      const end = once(session.serve);
      if (end.kind !== 'pending') return end;
      const waited = await lookups.fill();
      if (copy && waited) {
        realm.restore(copy);
        session.runs--;
      }
    }
  }

  async #load(options: ResolveOptions): Promise<Loaded> {
    return (this.#loaded ??= await this.#loadNow(options));
  }

  async #loadNow(options: ResolveOptions): Promise<Loaded> {
    const refusal = await this.#refusal();
    if (refusal) return { realm: null, error: refusal, entry: null };
    const { now, zone } = settingOf(options);
    const realm = await Realm.create(this.#profile, this.#limits, now, zone);
    if (options.random) realm.useChance();
    const { session, lookups } = this.#session(options, true);
    const source = this.#profile.script.concatenated ? `0;${this.#source}` : this.#source;
    const budget = new Budget(this.#limits.time);
    const end = await this.#untilDone(realm, session, lookups, options, (serve) =>
      realm.load(source, { serve, budget, trace: false }),
    );
    const error =
      end.kind === 'error' ? end.error : errorFrom(end.kind === 'text' ? end.text : '', 'load', this.#profile);
    if (error) return { realm: null, error, entry: null };
    const entry = realm.entry() as Entry | ''; // the prelude gives one of the profile's own entries
    if (entry !== '') return { realm, error: null, entry };
    const wanted = this.#profile.script.entries.join(' or ');
    return {
      realm: null,
      error: { phase: 'load', name: 'NoEntryPoint', message: `the script defines no function ${wanted}` },
      entry: null,
    };
  }

  /** What the client finds wrong before it runs anything. */
  async #refusal(): Promise<PacError | null> {
    const { mustContain, language } = this.#profile.script;
    if (mustContain !== null && !this.#source.includes(mustContain)) {
      return { phase: 'load', name: 'NoEntryPoint', message: `the body does not contain the text ${mustContain}` };
    }
    return language === 'jscript' ? jscriptSyntaxError(this.#source) : null;
  }

  #session(options: ResolveOptions, blocking: boolean): { session: Session; lookups: Lookups } {
    const lookups = new Lookups(options, this.#profile.dns);
    const { random, myIp = [] } = options;
    return { lookups, session: new Session({ profile: this.#profile, lookups, myIp, random }, blocking) };
  }

  #forget(): void {
    this.#loaded?.realm?.[Symbol.dispose]();
    this.#loaded = null;
  }
}

const nothing = { text: null, calls: [], alerts: [], names: [], runs: 0 } as const;
