/**
 * Many requests to one script, in few crossings into the engine.
 *
 * A chunk runs inside the engine in one call. What ends a chunk early (a limit, or an answer that has to be waited for)
 * concerns the request it stopped at: that one is run again alone, with everything a single request has, and the rest of
 * the chunk goes on behind it. So the results are those of one call after the other.
 */
import { Budget, type Limits } from './limits.ts';
import { errorFrom } from './outcome.ts';
import { settingOf, type ResolveOptions } from './options.ts';
import type { Profile } from './profile.ts';
import type { Realm } from './realm.ts';
import { resolution } from './resolution.ts';
import type { Entry, Resolution, ScriptArguments } from './result.ts';
import type { Run } from './run.ts';
import { Session } from './session.ts';

/** What the batch needs of the runner that owns the realm. */
export interface BatchTools {
  readonly profile: Profile;
  readonly limits: Limits;
  /** The loaded realm, or null when the script cannot be loaded; made anew after a limit. */
  readonly realm: () => Promise<{ realm: Realm | null; entry: Entry | null }>;
  /** One request, going on with a session whose first run was thrown away. */
  readonly alone: (script: ScriptArguments, session: Session | undefined) => Promise<Run>;
}

/** Requests per chunk: few at first, and as many as stay well below the limit that the chunk shares. */
const chunks = { first: 32, most: 512, ms: 50 };

/** After so many chunks in a row that came to nothing at once, requests are run one by one. */
const patience = 3;

export async function resolveBatch(
  requests: readonly ScriptArguments[],
  options: ResolveOptions,
  tools: BatchTools,
): Promise<Resolution[]> {
  const results: Resolution[] = [];
  let fruitless = 0;
  let size = chunks.first;
  while (results.length < requests.length) {
    const next = results.length;
    const chunk = requests.slice(next, next + (fruitless < patience ? size : 1));
    const ran = fruitless < patience ? await runChunk(chunk, options, tools) : nothingRan;
    results.push(...ran.results);
    fruitless = ran.results.length > 0 ? 0 : fruitless + 1;
    size = ran.ms > chunks.ms ? Math.max(1, size >> 1) : Math.min(size * 2, chunks.most);
    const stopped = chunk[ran.results.length];
    if (!stopped) continue;
    const run = await tools.alone(stopped, ran.stopped);
    results.push(resolution(tools.profile, stopped, run, options.mandatory));
  }
  return results;
}

interface ChunkRun {
  /** Of the requests at the head of the chunk that ran undisturbed. */
  readonly results: readonly Resolution[];
  /** Of the one behind them, when its first run was thrown away. */
  readonly stopped: Session | undefined;
  readonly ms: number;
}

const nothingRan: ChunkRun = { results: [], stopped: undefined, ms: 0 };

async function runChunk(
  chunk: readonly ScriptArguments[],
  options: ResolveOptions,
  tools: BatchTools,
): Promise<ChunkRun> {
  const { realm, entry } = await tools.realm();
  if (!realm || !entry || options.resolver) return nothingRan;
  const { now, zone } = settingOf(options);
  realm.setting(now, zone);
  const sessions = new Sessions(options, tools.profile);
  const budget = new Budget(tools.limits.time);
  const end = realm.batch(chunk, { serve: sessions.serve, budget, trace: false });
  if (end.kind === 'error' && realm.trapped) return nothingRan;
  const [numbers, texts] = JSON.parse(realm.progress()) as [number[], string[]]; // written by our own prelude
  realm.answers.push(...texts);
  const results = numbers.map((number, index) => {
    const text = realm.answers[number] ?? '';
    const error = text.startsWith('s') ? null : errorFrom(text, 'call', tools.profile);
    const { names, alerts } = sessions.of(index) ?? none;
    const run: Run = { text: error ? null : text, error, entry, calls: [], alerts, names, runs: 1 };
    return resolution(tools.profile, chunk[index] ?? { url: '', host: '' }, run, options.mandatory);
  });
  const stopped = sessions.of(results.length);
  return { results, stopped: stopped?.abandoned ? stopped : undefined, ms: tools.limits.time - budget.left };
}

/** One session per request that asks for anything; most never do. */
class Sessions {
  readonly #options: ResolveOptions;
  readonly #profile: Profile;
  readonly #made = new Map<number, Session>();

  constructor(options: ResolveOptions, profile: Profile) {
    this.#options = options;
    this.#profile = profile;
  }

  readonly serve: Session['serve'] = (what, text, index) => this.#at(index).serve(what, text, index);

  of(index: number): Session | undefined {
    return this.#made.get(index);
  }

  #at(index: number): Session {
    const known = this.#made.get(index);
    if (known) return known;
    const { random, myIp = [] } = this.#options;
    const session = new Session({ profile: this.#profile, lookup: this.#options, myIp, random }, false);
    session.begin();
    this.#made.set(index, session);
    return session;
  }
}

const none = { names: [], alerts: [] } as const;
