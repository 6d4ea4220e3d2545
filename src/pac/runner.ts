/** Runs a PAC file for one sandboxed profile: loads it once, keeps its globals, restarts it where the client does. */
import { resolveBatch, type BatchTools } from './batch.ts';
import { Budget, type Limits } from './limits.ts';
import { settingOf, type Fixed, type ResolveOptions } from './options.ts';
import { callsFrom, errorFrom } from './outcome.ts';
import { concatenatedHead } from './prelude.ts';
import type { Profile } from './profile.ts';
import type { RunEnd, RunTools } from './host.ts';
import { Realm } from './realm.ts';
import { entryMissing, refusalOf } from './refusal.ts';
import type { Entry, HelperCall, PacError, Resolution, ScriptArguments } from './result.ts';
import { untilDone } from './restart.ts';
import type { Run, Runner } from './run.ts';
import { Session } from './session.ts';
import { Replay } from './replay.ts';

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
  /** Whether asking twice is asking once. */
  #pure = false;
  #replay: Replay;

  constructor(source: string, profile: Profile, limits: Limits) {
    this.#source = source;
    this.#profile = profile;
    this.#limits = limits;
    this.#mayAsk = asks.test(source);
    this.#replay = new Replay(profile);
  }

  /** Which function the client calls; null when the script cannot be loaded. */
  async entry(options: ResolveOptions): Promise<Entry | null> {
    return (await this.#inTurn(() => this.#ready(options))).entry;
  }

  /** Reads a script that has been loaded and that nobody has changed since: of pure ones the calls are found out later. */
  async study(): Promise<void> {
    const { isPure } = await import('./plain/pure.ts');
    this.#pure = isPure(this.#source, (name) => Object.hasOwn(this.#profile.helpers, name));
  }

  call(script: ScriptArguments, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    const ask: Action = (realm, tools) => realm.call(script.url, script.host, tools);
    if (!trace || !this.#pure || options.resolver || this.#queue) return this.#run(ask, options, trace);
    const fixed: ResolveOptions & Fixed = { ...options, setting: settingOf(options) };
    const session = this.#session(options, false);
    const finish = (ended: Run): Run | Promise<Run> => {
      if (session.dependent) return this.#run(ask, fixed, true);
      const limited = ended.error?.name.endsWith('Limit') ?? false;
      return limited ? this.#renewed(ended, options) : { ...ended, calls: this.#callsLater(script, fixed) };
    };
    const run = this.#run(ask, fixed, false, session);
    return run instanceof Promise ? run.then(finish) : finish(run);
  }

  /** An expression may change what the script keeps; what was answered before keeps the environment as it was. */
  evaluate(expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean): Run | Promise<Run> {
    this.#mayAsk = true;
    if (this.#replay.owed) this.#loaded = null;
    this.#replay = new Replay(this.#profile);
    this.#pure = false;
    return this.#run((realm, tools) => realm.evaluate(expression, script.url, script.host, tools), options, trace);
  }

  /** Many requests, in their order, without gathering helper calls. */
  many(scripts: readonly ScriptArguments[], options: ResolveOptions): Promise<Resolution[]> {
    const tools: BatchTools = {
      profile: this.#profile,
      limits: { ...this.#limits, ...options.limits },
      realm: () => {
        if (this.#loaded?.realm?.broken) this.#forget();
        return this.#ready(options);
      },
      alone: async (script, session) => {
        await this.#ready(options);
        return this.#attempt((realm, each) => realm.call(script.url, script.host, each), options, false, session);
      },
    };
    return this.#inTurn(async () => {
      const results = await resolveBatch(scripts, options, tools);
      if (this.#replay.owed) await this.#ready(options);
      return results;
    });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#forget();
  }

  /** At once when the script is loaded and idle and nothing has to be waited for; otherwise in turn. */
  #run(action: Action, options: ResolveOptions, trace: boolean, session?: Session): Run | Promise<Run> {
    if (this.#loaded && !this.#queue && !options.resolver) return this.#attempt(action, options, trace, session);
    return this.#inTurn(async () => {
      await this.#ready(options);
      return this.#attempt(action, options, trace, session);
    });
  }

  #callsLater(script: ScriptArguments, options: ResolveOptions): () => readonly HelperCall[] {
    const replay = this.#replay;
    replay.owed = true;
    const time = 10 * (options.limits?.time ?? this.#limits.time); // noting the calls takes longer than making them
    return () => replay.calls(script, settingOf(options), new Budget(time));
  }

  /** After a limit: answers whose calls nobody has read yet need an environment. */
  #renewed(run: Run, options: ResolveOptions): Run | Promise<Run> {
    if (!this.#replay.owed || this.#loaded) return run;
    return this.#inTurn(() => this.#ready(options).then(() => run));
  }

  async #ready(options: ResolveOptions): Promise<Loaded> {
    return (this.#loaded ??= await this.#load(options));
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
    const unseen = this.#pure && !alerts.test(this.#source);
    const tools = { serve: session.serve, budget, trace, unseen };
    const end = untilDone(realm, session, options, budget, () => action(realm, tools), this.#mayAsk);
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

  async #load(options: ResolveOptions): Promise<Loaded> {
    const refusal = await refusalOf(this.#source, this.#profile);
    if (refusal) return { realm: null, error: refusal, entry: null };
    const { now, zone } = settingOf(options);
    const realm = await Realm.create(this.#profile, this.#limits, now, zone);
    if (options.random) realm.useChance();
    const session = this.#session(options, true);
    const source = concatenatedHead(this.#profile) + this.#source;
    const tools = { serve: session.serve, budget: new Budget(this.#limits.time, this.#limits.checks), trace: false };
    const end = await untilDone(realm, session, options, tools.budget, () => realm.load(source, tools), this.#mayAsk);
    const thrown = end.kind === 'text' ? errorFrom(end.text, 'load', this.#profile) : null;
    const error = end.kind === 'error' ? end.error : (thrown ?? entryMissing(realm.entry(), this.#profile));
    if (!error) this.#replay.realm = realm;
    return error ? { realm: null, error, entry: null } : { realm, error, entry: realm.entry() as Entry };
  }

  #session(options: ResolveOptions, blocking: boolean): Session {
    const { random, myIp = [] } = options;
    return new Session({ profile: this.#profile, lookup: options, myIp, random }, blocking);
  }

  #forget(): void {
    if (!this.#replay.owed) this.#loaded?.realm?.[Symbol.dispose]();
    this.#loaded = null;
  }
}

/** Every way to a helper that asks DNS: by its name, by a name put together, by code made while running. */
const asks = /dnsResolve|isResolvable|isInNet|\\u|\b(?:this|globalThis|with|eval|Function|constructor)\b/;

/** Chromium counts what a run says, and goes on in another way after much of it. */
const alerts = /\balert\b/;

const nothing = { text: null, calls: [], alerts: [], names: [], runs: 0 } as const;
