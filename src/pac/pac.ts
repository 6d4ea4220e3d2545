/** A loaded PAC file: one environment per profile, made on first use. */
import { hostBypassed, scriptArguments } from './arguments.ts';
import { decodeBody } from './body.ts';
import { FrontRunner } from './front.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { LaterRunner } from './later-runner.ts';
import type { ResolveOptions } from './options.ts';
import type { Profile, ProfileName } from './profile.ts';
import { profileNamed } from './profiles/index.ts';
import { revived, type Evaluation, type PacError, type Resolution } from './result.ts';
import { notConsulted, resolution } from './resolution.ts';
import type { Runner } from './run.ts';

export interface LoadOptions {
  /** Name shown in messages, and the path whose ending some clients look at. */
  readonly filename?: string;
  /** The Content-Type the server sent, for sources given as bytes. */
  readonly contentType?: string;
  readonly limits?: Partial<Limits>;
}

export interface EvaluateOptions extends ResolveOptions {
  /** URL from which the variables `url` and `host` of the expression are made. */
  readonly url?: string;
}

export class Pac implements Disposable {
  readonly #source: string | Uint8Array;
  readonly #options: LoadOptions;
  readonly #runners = new Map<ProfileName, { runner: Runner | null; error: PacError | null }>();

  constructor(source: string | Uint8Array, options: LoadOptions) {
    this.#source = source;
    this.#options = options;
  }

  get filename(): string {
    return this.#options.filename ?? 'proxy.pac';
  }

  /** What one client does for one URL. Throws a TypeError for text that is no URL. */
  async resolve(url: string, options: ResolveOptions = {}): Promise<Resolution> {
    const profile = profileNamed(options.profile ?? 'chromium');
    const script = scriptArguments(url, profile);
    if (hostBypassed(script.host, profile)) return notConsulted;
    const { runner, error } = this.#runner(profile);
    if (runner instanceof FrontRunner) {
      if (runner.ripe()) await runner.study(options);
      const known = runner.plain(script, options, options.trace ?? true);
      if (known) return known;
    }
    const run = runner ? await runner.call(script, options, options.trace ?? true) : { ...unrun, error };
    return resolution(profile, script, run, options.mandatory);
  }

  /** The same for many URLs, in their order; `calls` are gathered only with `trace`. */
  async resolveMany(urls: Iterable<string>, options: ResolveOptions = {}): Promise<Resolution[]> {
    const profile = profileNamed(options.profile ?? 'chromium');
    const { runner } = this.#runner(profile);
    if (runner instanceof FrontRunner && !options.trace) return runner.many([...urls], options);
    const results: Resolution[] = [];
    for (const url of urls) results.push(await this.resolve(url, { ...options, trace: options.trace ?? false }));
    return results;
  }

  /** The value of a JavaScript expression in terms of the profile's helpers and the script's globals. */
  async evaluate(expression: string, options: EvaluateOptions = {}): Promise<Evaluation> {
    const profile = profileNamed(options.profile ?? 'chromium');
    const script = options.url === undefined ? { url: '', host: '' } : scriptArguments(options.url, profile);
    const { runner, error } = this.#runner(profile);
    if (!runner) return { error: error ?? unusable };
    const run = await runner.evaluate(expression, script, options, options.trace ?? true);
    if (run.error) return { error: run.error };
    const { text, calls } = run;
    return {
      value: revived(JSON.parse(text?.slice(1) ?? 'null')),
      calls: typeof calls === 'function' ? calls() : calls,
    };
  }

  [Symbol.dispose](): void {
    for (const { runner } of this.#runners.values()) runner?.[Symbol.dispose]();
    this.#runners.clear();
  }

  #runner(profile: Profile): { runner: Runner | null; error: PacError | null } {
    const known = this.#runners.get(profile.name);
    if (known) return known;
    const made = this.#makeRunner(profile);
    this.#runners.set(profile.name, made);
    return made;
  }

  #makeRunner(profile: Profile): { runner: Runner | null; error: PacError | null } {
    const limits = { ...defaultLimits, ...this.#options.limits };
    const body = this.#body(profile);
    if (body.text === null)
      return { runner: null, error: { phase: 'load', name: 'RejectedBody', message: body.rejected } };
    const make = profile.engine === 'pac-resolver' ? LaterRunner : FrontRunner;
    return { runner: new make(body.text, profile, limits), error: null };
  }

  #body(profile: Profile): { text: string; rejected: null } | { text: null; rejected: string } {
    if (typeof this.#source === 'string') return { text: this.#source, rejected: null };
    return decodeBody(this.#source, this.#options.contentType, profile, { path: this.filename });
  }
}

const unusable: PacError = { phase: 'load', name: 'Error', message: 'the script cannot be used' };
const unrun = { text: null, entry: null, calls: [], alerts: [], names: [], runs: 0 } as const;
