/** What changes when one script replaces another: which requests, hosts and bytes move from which route to which. */
import type { AccessBatch } from './access-log.ts';
import { scriptArguments } from './arguments.ts';
import { answersByHost } from './by-host.ts';
import { Decider } from './explain.ts';
import { machineTime } from './limits.ts';
import type { ResolveOptions } from './options.ts';
import { Pac } from './pac.ts';
import { profileNamed } from './profiles/index.ts';

export interface DiffOptions extends ResolveOptions {
  /** Called after each portion with the number of requests so far. */
  readonly progress?: (requests: number) => void;
}

export interface Move {
  readonly from: string;
  readonly to: string;
  /** Line of the return that decided, in either script; null where it cannot be told. */
  readonly oldLine: number | null;
  readonly newLine: number | null;
  readonly requests: number;
  readonly bytes: number;
  /** Different hosts; a lower bound when `hostsAreExact` of the report is false. */
  readonly hosts: number;
  readonly examples: readonly string[];
}

export interface DiffReport {
  readonly profile: string;
  readonly requests: number;
  readonly bytes: number;
  /** Lines of the log that hold no request, and URLs that cannot be parsed. */
  readonly unread: number;
  readonly moved: { readonly requests: number; readonly bytes: number };
  readonly moves: readonly Move[];
  readonly hostsAreExact: boolean;
}

/** What both scripts say about one request, shared by all requests that look the same to them. */
interface Verdict {
  readonly from: string;
  readonly to: string;
  oldLine: number | null;
  newLine: number | null;
}

interface Group {
  readonly verdict: Verdict;
  requests: number;
  bytes: number;
  readonly hosts: Set<string>;
  readonly examples: string[];
}

/** Verdicts kept, so that memory does not grow with the log. */
const remembered = 20_000;
const hostsCounted = 200_000;

/** Compares over a stream of requests, in constant memory. A script is asked once about requests that look alike to it. */
export async function diff(
  oldSource: string,
  newSource: string,
  batches: AsyncIterable<AccessBatch> | Iterable<AccessBatch>,
  options: DiffOptions = {},
): Promise<DiffReport> {
  const { progress, ...rest } = options;
  const fixed = { ...rest, now: rest.now ?? machineTime() };
  using before = new Pac(oldSource, {});
  using after = new Pac(newSource, {});
  using oldLines = new Decider(oldSource);
  using newLines = new Decider(newSource);
  const profile = profileNamed(options.profile ?? 'chromium');
  const byHost = answersByHost(oldSource, profile) && answersByHost(newSource, profile);
  const work = new Comparison(before, after, [oldLines, newLines], fixed, byHost);
  for await (const batch of batches) {
    await work.add(batch);
    progress?.(work.requests);
  }
  return work.report();
}

class Comparison {
  requests = 0;
  #bytes = 0;
  #unread = 0;
  #hostCount = 0;
  readonly #before: Pac;
  readonly #after: Pac;
  readonly #deciders: readonly [Decider, Decider];
  readonly #options: ResolveOptions;
  readonly #byHost: boolean;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #groups = new Map<string, Group>();
  #latest: Group | null = null;

  constructor(
    before: Pac,
    after: Pac,
    deciders: readonly [Decider, Decider],
    options: ResolveOptions,
    byHost: boolean,
  ) {
    this.#before = before;
    this.#after = after;
    this.#deciders = deciders;
    this.#options = options;
    this.#byHost = byHost;
  }

  async add({ entries, unread }: AccessBatch): Promise<void> {
    this.#unread += unread;
    const profile = profileNamed(this.#options.profile ?? 'chromium');
    const asked: { key: string; host: string; url: string; bytes: number }[] = [];
    const unknown = new Map<string, string>();
    for (const { url, bytes } of entries) {
      const script = argumentsOrNull(url, profile);
      if (!script) {
        this.#unread++;
        continue;
      }
      const key = this.#byHost ? script.host : `${script.url} ${script.host}`;
      asked.push({ key, host: script.host, url, bytes });
      if (!this.#verdicts.has(key)) unknown.set(key, url);
    }
    const found = await this.#judge(unknown);
    for (const item of asked) {
      const verdict = this.#verdicts.get(item.key) ?? found.get(item.key);
      if (verdict) this.#count(verdict, item);
    }
    // Where nearly every request is another one, and there is no room for all, nothing is gained by keeping what they were.
    const hasRoom = this.#verdicts.size + found.size <= remembered;
    if (hasRoom || found.size < entries.length / 2) this.#remember(found);
  }

  report(): DiffReport {
    const groups = [...this.#groups.values()].sort((a, b) => b.requests - a.requests || b.bytes - a.bytes);
    const moves = groups.map(({ verdict, requests, bytes, hosts, examples }) => ({
      ...verdict,
      requests,
      bytes,
      hosts: hosts.size,
      examples,
    }));
    const total = (pick: (move: Move) => number): number => moves.reduce((sum, move) => sum + pick(move), 0);
    return {
      profile: this.#options.profile ?? 'chromium',
      requests: this.requests,
      bytes: this.#bytes,
      unread: this.#unread,
      moved: { requests: total((move) => move.requests), bytes: total((move) => move.bytes) },
      moves,
      hostsAreExact: this.#hostCount < hostsCounted,
    };
  }

  async #judge(unknown: ReadonlyMap<string, string>): Promise<Map<string, Verdict>> {
    const keys = [...unknown.keys()];
    const urls = [...unknown.values()];
    const old = await this.#before.resolveMany(urls, this.#options);
    const fresh = await this.#after.resolveMany(urls, this.#options);
    const found = new Map<string, Verdict>();
    const moved: { url: string; verdict: Verdict }[] = [];
    keys.forEach((key, at) => {
      const from = joined(old[at]?.routes ?? []);
      const to = joined(fresh[at]?.routes ?? []);
      const verdict: Verdict = { from, to, oldLine: null, newLine: null };
      found.set(key, verdict);
      if (from !== to) moved.push({ url: urls[at] ?? '', verdict });
    });
    await this.#findLines(moved);
    return found;
  }

  async #findLines(moved: readonly { url: string; verdict: Verdict }[]): Promise<void> {
    if (moved.length === 0) return;
    const urls = moved.map(({ url }) => url);
    const [oldLines, newLines] = this.#deciders;
    const old = await oldLines.of(urls, this.#options);
    const fresh = await newLines.of(urls, this.#options);
    moved.forEach(({ verdict }, at) => {
      verdict.oldLine = old[at]?.line ?? null;
      verdict.newLine = fresh[at]?.line ?? null;
    });
  }

  #count(verdict: Verdict, item: { host: string; url: string; bytes: number }): void {
    this.requests++;
    this.#bytes += item.bytes;
    if (verdict.from === verdict.to) return;
    const group = this.#groupOf(verdict);
    group.requests++;
    group.bytes += item.bytes;
    if (this.#hostCount < hostsCounted && !group.hosts.has(item.host)) {
      group.hosts.add(copied(item.host));
      this.#hostCount++;
      if (group.examples.length < 3) group.examples.push(copied(item.url));
    }
  }

  #groupOf(verdict: Verdict): Group {
    if (this.#latest && sameMove(this.#latest.verdict, verdict)) return this.#latest;
    const key = `${verdict.from}\n${verdict.to}\n${verdict.oldLine} ${verdict.newLine}`;
    let group = this.#groups.get(key);
    if (!group) this.#groups.set(key, (group = { verdict, requests: 0, bytes: 0, hosts: new Set(), examples: [] }));
    return (this.#latest = group);
  }

  #remember(found: ReadonlyMap<string, Verdict>): void {
    if (this.#verdicts.size + found.size > remembered) this.#verdicts.clear();
    if (found.size <= remembered) for (const [key, verdict] of found) this.#verdicts.set(copied(key), verdict);
  }
}

const sameMove = (a: Verdict, b: Verdict): boolean =>
  a.from === b.from && a.to === b.to && a.oldLine === b.oldLine && a.newLine === b.newLine;

const texts = new WeakMap<readonly string[], string>();

/** Routes as one text. Requests with the same answer share one list of routes. */
function joined(routes: readonly string[]): string {
  let text = texts.get(routes);
  if (text === undefined) texts.set(routes, (text = routes.join('; ')));
  return text;
}

/** A text of its own: a part of a portion of the log would keep the whole portion in memory. */
const copied = (text: string): string => Buffer.from(text).toString();

function argumentsOrNull(url: string, profile: ReturnType<typeof profileNamed>): { url: string; host: string } | null {
  try {
    return scriptArguments(url, profile);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
