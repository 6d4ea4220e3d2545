/** Runs a PAC file for one sandboxed profile: loads it once, keeps its globals, restarts it where the client does. */
import { resolveBatch, type BatchTools } from './batch.ts';
import { jscriptSyntaxError } from './jscript.ts';
import { Budget, type Limits } from './limits.ts';
import { settingOf, type ResolveOptions } from './options.ts';
import { callsFrom, errorFrom } from './outcome.ts';
import { concatenatedHead } from './prelude.ts';
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
  call: (script: ScriptArguments, options: ResolveOptions, trace: boolean) => Run | Promise<Run>;
  evaluate: (
    expression: string,
    script: ScriptArguments,
    options: ResolveOptions,
    trace: boolean,
  ) => Run | Promise<Run>;
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
  #queue: Promise<unknown> | null = null;
  #disposed = false;
  /** Whether the script can ask for a name at all; if not, nothing has to be kept for the time of asking. */
  #mayAsk: boolean;

  constructor(source: string, profile: Profile, limits: Limits) {
    this.#source = source;
    this.#profile = profile;
    this.#limits = limits;
    this.#mayAsk = asks.test(source);
  }

  call(script: ScriptArguments, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    return this.#run((realm, tools) => realm.call(script.url, script.host, tools), options, trace);
  }

  evaluate(expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    this.#mayAsk = true;
    return this.#run((realm, tools) => realm.evaluate(expression, script.url, script.host, tools), options, trace);
  }

  /** Many URLs, in their order, without gathering helper calls. */
  many(urls: readonly string[], options: ResolveOptions): Promise<Resolution[]> {
    const tools: BatchTools = {
      profile: this.#profile,
      limits: { ...this.#limits, ...options.limits },
      realm: async () => {
        if (this.#loaded?.realm?.broken) this.#forget();
        return (this.#loaded ??= await this.#load(options));
      },
      alone: async (script, session) => {
        this.#loaded ??= await this.#load(options);
        return this.#attempt((realm, each) => realm.call(script.url, script.host, each), options, false, session);
      },
    };
    return this.#inTurn(() => resolveBatch(urls, options, tools));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#forget();
  }

  /** At once when the script is loaded and idle and nothing has to be waited for; otherwise in turn. */
  #run(action: Action, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    if (this.#loaded && !this.#queue && !options.resolver) return this.#attempt(action, options, trace);
    return this.#inTurn(async () => {
      this.#loaded ??= await this.#load(options);
      return this.#attempt(action, options, trace);
    });
  }

  /** One at a time: a realm is a single thread, and its globals live from call to call. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#queue ? this.#queue.then(task) : task();
    const quiet: Promise<unknown> = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#queue === quiet) this.#queue = null;
      });
    this.#queue = quiet;
    return turn;
  }

  #attempt(
    action: Action,
    options: ResolveOptions,
    trace: boolean,
    session: Session = this.#session(options, false),
  ): Run | Promise<Run> {
    if (this.#disposed) throw new Error('this PAC file has been disposed of');
    const { realm, error = null, entry = null } = this.#loaded ?? {};
    if (!realm) return { ...nothing, error, entry };
    const limits = { ...this.#limits, ...options.limits };
    const budget = new Budget(limits.time, limits.checks);
    const tools = { serve: session.serve, budget, trace };
    const end = this.#untilDone(realm, session, options, budget, () => action(realm, tools));
    const finish = (ended: RunEnd): Run => this.#finish(ended, realm, session, entry, trace);
    return end instanceof Promise ? end.then(finish) : finish(end);
  }

  #finish(end: RunEnd, realm: Realm, session: Session, entry: Entry | null, trace: boolean): Run {
    const calls = trace && end.kind === 'text' && !realm.broken ? callsFrom(realm.progress(), this.#profile) : [];
    if (realm.broken) this.#forget();
    const text = end.kind === 'text' ? end.text : '';
    const error = end.kind === 'error' ? end.error : errorFrom(text, 'call', this.#profile);
    const { alerts, names, runs } = session;
    return { text: error ? null : text, error, entry, calls, alerts, names, runs };
  }

  /** Runs, and runs again for each answer that was not there, as the client does or as if it had waited. */
  #untilDone(
    realm: Realm,
    session: Session,
    options: ResolveOptions,
    budget: Budget,
    once: () => RunEnd,
  ): RunEnd | Promise<RunEnd> {
    const { now, zone } = settingOf(options);
    for (;;) {
      if (options.resolver) return this.#waiting(realm, session, options, budget, once);
      realm.setting(now, zone);
      session.begin();
      const end = once();
      if (end.kind === 'error' || (end.kind === 'text' && !session.abandoned)) return end;
    }
  }

  async #waiting(
    realm: Realm,
    session: Session,
    options: ResolveOptions,
    budget: Budget,
    once: () => RunEnd,
  ): Promise<RunEnd> {
    const { now, zone } = settingOf(options);
    let copy: Uint8Array | null = null;
    for (;;) {
      if (session.blocking && this.#mayAsk) copy ??= realm.snapshot();
      realm.setting(now, zone);
      session.begin();
      const end = once();
      if (end.kind === 'error' || (end.kind === 'text' && !session.abandoned)) return end;
      const waited = await session.fill();
      if (!copy || !waited) continue;
      budget.start(); // a script that asks without end pays for being put back each time
      realm.restore(copy);
      budget.stop();
      session.runs--;
    }
  }

  async #load(options: ResolveOptions): Promise<Loaded> {
    const refusal = await this.#refusal();
    if (refusal) return { realm: null, error: refusal, entry: null };
    const { now, zone } = settingOf(options);
    const realm = await Realm.create(this.#profile, this.#limits, now, zone);
    if (options.random) realm.useChance();
    const session = this.#session(options, true);
    const source = concatenatedHead(this.#profile) + this.#source;
    const tools = { serve: session.serve, budget: new Budget(this.#limits.time, this.#limits.checks), trace: false };
    const end = await this.#untilDone(realm, session, options, tools.budget, () => realm.load(source, tools));
    const thrown = end.kind === 'text' ? errorFrom(end.text, 'load', this.#profile) : null;
    const error = end.kind === 'error' ? end.error : (thrown ?? this.#entryMissing(realm));
    return error ? { realm: null, error, entry: null } : { realm, error, entry: realm.entry() as Entry };
  }

  #entryMissing(realm: Realm): PacError | null {
    if (realm.entry() !== '') return null;
    const wanted = this.#profile.script.entries.join(' or ');
    return { phase: 'load', name: 'NoEntryPoint', message: `the script defines no function ${wanted}` };
  }

  /** What the client finds wrong before it runs anything. */
  async #refusal(): Promise<PacError | null> {
    const { mustContain, language } = this.#profile.script;
    if (mustContain !== null && !this.#source.includes(mustContain)) {
      return { phase: 'load', name: 'NoEntryPoint', message: `the body does not contain the text ${mustContain}` };
    }
    return language === 'jscript' ? jscriptSyntaxError(this.#source) : null;
  }

  #session(options: ResolveOptions, blocking: boolean): Session {
    const { random, myIp = [] } = options;
    return new Session({ profile: this.#profile, lookup: options, myIp, random }, blocking);
  }

  #forget(): void {
    this.#loaded?.realm?.[Symbol.dispose]();
    this.#loaded = null;
  }
}

/** Every way to a helper that asks DNS: by its name, by a name put together, by code made while running. */
const asks = /dnsResolve|isResolvable|isInNet|\\u|\b(?:this|globalThis|with|eval|Function|constructor)\b/;

const nothing = { text: null, calls: [], alerts: [], names: [], runs: 0 } as const;
