/**
 * Many URLs against one script, in few crossings into the engine.
 *
 * A chunk runs inside the engine in one call. What ends a chunk early (a limit, or an answer that has to be waited for)
 * concerns the request it stopped at: that one is run again alone, with everything a single request has, and the rest of
 * the chunk goes on behind it. So the results are those of one call after the other.
 */
import { hostBypassed, scriptArguments } from './arguments.ts';
import { Budget, type Limits } from './limits.ts';
import { Lookups } from './lookup.ts';
import { errorFrom } from './outcome.ts';
import { settingOf, type ResolveOptions } from './options.ts';
import type { Profile } from './profile.ts';
import type { Realm, RunEnd } from './realm.ts';
import { notConsulted, resolution } from './resolution.ts';
import type { Entry, Resolution, ScriptArguments } from './result.ts';
import type { Run } from './runner.ts';
import { Session } from './session.ts';

/** What the batch needs of the runner that owns the realm. */
export interface BatchTools {
  readonly profile: Profile;
  readonly limits: Limits;
  /** The loaded realm, or null when the script cannot be loaded; made anew after a limit. */
  readonly realm: () => Promise<{ realm: Realm | null; entry: Entry | null }>;
  readonly alone: (script: ScriptArguments) => Promise<Run>;
}

const chunkSize = 500;

/** After so many chunks in a row that came to nothing at once, requests are run one by one. */
const patience = 3;

export async function resolveBatch(
  urls: readonly string[],
  options: ResolveOptions,
  tools: BatchTools,
): Promise<Resolution[]> {
  const results: Resolution[] = Array<Resolution>(urls.length);
  const queue: { script: ScriptArguments; at: number }[] = [];
  urls.forEach((url, at) => {
    const script = scriptArguments(url, tools.profile);
    if (hostBypassed(script.host, tools.profile)) results[at] = notConsulted;
    else queue.push({ script, at });
  });
  let fruitless = 0;
  let next = 0;
  while (next < queue.length) {
    const chunk = queue.slice(next, next + (fruitless < patience ? chunkSize : 1));
    const done = fruitless < patience ? await runChunk(chunk.map(({ script }) => script), options, tools) : [];
    done.forEach((result, index) => {
      const item = chunk[index];
      if (item) results[item.at] = result;
    });
    fruitless = done.length > 0 ? 0 : fruitless + 1;
    next += done.length;
    const stopped = chunk[done.length];
    if (!stopped) continue;
    results[stopped.at] = resolution(tools.profile, stopped.script, await tools.alone(stopped.script), options.mandatory);
    next++;
  }
  return results;
}

/** Results of the requests at the head of the chunk that ran undisturbed. */
async function runChunk(
  chunk: readonly ScriptArguments[],
  options: ResolveOptions,
  tools: BatchTools,
): Promise<Resolution[]> {
  const { realm, entry } = await tools.realm();
  if (!realm || !entry) return [];
  const { now, zone } = settingOf(options);
  realm.setting(now, zone);
  const sessions = new Sessions(options, tools.profile);
  const budget = new Budget(tools.limits.time);
  const end: RunEnd = realm.batch(chunk, { serve: sessions.serve, budget, trace: false });
  if (end.kind === 'error' && realm.trapped) return [];
  const [numbers, texts] = JSON.parse(realm.progress()) as [number[], string[]]; // written by our own prelude
  realm.answers.push(...texts);
  return numbers.map((number, index) => {
    const text = realm.answers[number] ?? '';
    const error = errorFrom(text, 'call', tools.profile);
    const { names, alerts } = sessions.of(index);
    const run: Run = { text: error ? null : text, error, entry, calls: [], alerts, names, runs: 1 };
    return resolution(tools.profile, chunk[index] ?? { url: '', host: '' }, run, options.mandatory);
  });
}

/** One session per request that asks for anything; most never do. */
class Sessions {
  readonly #options: ResolveOptions;
  readonly #profile: Profile;
  readonly #made = new Map<number, { session: Session; lookups: Lookups }>();

  constructor(options: ResolveOptions, profile: Profile) {
    this.#options = options;
    this.#profile = profile;
  }

  readonly serve: Session['serve'] = (what, text, index) => this.#at(index).session.serve(what, text, index);

  of(index: number): { names: readonly string[]; alerts: readonly string[] } {
    const made = this.#made.get(index);
    return made ? { names: made.lookups.names, alerts: made.session.alerts } : none;
  }

  #at(index: number): { session: Session; lookups: Lookups } {
    const known = this.#made.get(index);
    if (known) return known;
    const { random, myIp = [] } = this.#options;
    const lookups = new Lookups(this.#options, this.#profile.dns);
    const session = new Session({ profile: this.#profile, lookups, myIp, random }, false);
    session.begin();
    this.#made.set(index, { session, lookups });
    return { session, lookups };
  }
}

const none = { names: [], alerts: [] } as const;
