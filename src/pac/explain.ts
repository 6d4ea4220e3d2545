/** Why a client goes where it goes: the deciding line, the helper calls, and what the other clients would have done. */
import { decidingPoint, decisionMark, instrument, type Point } from './instrument.ts';
import type { ResolveOptions } from './options.ts';
import { hostBypassed, scriptArguments } from './arguments.ts';
import { missingSentences } from './missing.ts';
import { Pac } from './pac.ts';
import { plainAlone } from './plain/alone.ts';
import type { PlainScript } from './plain/index.ts';
import { profileNames, type Profile, type ProfileName } from './profile.ts';
import { profileNamed } from './profiles/index.ts';
import { sameRoutes } from './resolution.ts';
import type { Resolution } from './result.ts';

export interface Decision {
  /** 1-based place of the return statement. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface Explanation {
  readonly url: string;
  readonly profile: ProfileName;
  readonly resolution: Resolution;
  /** Null when the script was not asked, failed, or could not be read. */
  readonly decidedBy: Decision | null;
  /** The other profiles, each with what it would do and the line that decides there. */
  readonly others: readonly OtherAnswer[];
  /** What no source establishes about the profile, and what we chose. */
  readonly notEstablished: readonly { readonly field: string; readonly why: string }[];
}

export interface OtherAnswer {
  readonly profile: ProfileName;
  readonly resolution: Resolution;
  readonly decidedBy: Decision | null;
  readonly same: boolean;
}

/** Explains one URL. Works on fresh environments, so it neither sees nor changes the globals of earlier requests. */
export async function explain(source: string, url: string, options: ResolveOptions = {}): Promise<Explanation> {
  const profile = options.profile ?? 'chromium';
  const own = await oneAnswer(source, url, { ...options, profile });
  const others: OtherAnswer[] = [];
  for (const other of profileNames.filter((name) => name !== profile)) {
    const answer = await oneAnswer(source, url, { ...options, profile: other });
    others.push({ profile: other, ...answer, same: sameRoutes(answer.resolution, own.resolution) });
  }
  const asked = profileNamed(profile);
  const notEstablished = [
    ...(await missingSentences(source, asked)),
    ...Object.entries(asked.open).map(([field, why]) => ({ field, why })),
  ];
  return { url, profile, ...own, others, notEstablished };
}

async function oneAnswer(
  source: string,
  url: string,
  options: ResolveOptions,
): Promise<{ resolution: Resolution; decidedBy: Decision | null }> {
  using pac = new Pac(source, {});
  const resolution = await pac.resolve(url, options);
  if (!resolution.consulted || resolution.error) return { resolution, decidedBy: null };
  using decider = new Decider(source);
  const [told] = await decider.answers([url], options);
  // A script that reads its own text, or that the marks disturb, may answer something else.
  return { resolution, decidedBy: told?.raw === resolution.raw ? told.decision : null };
}

/** The deciding return for each URL, in their order, from a run of the instrumented script. */
export async function decisions(
  source: string,
  urls: readonly string[],
  options: ResolveOptions,
): Promise<(Decision | null)[]> {
  using decider = new Decider(source);
  return await decider.of(urls, options);
}

export interface Told {
  readonly decision: Decision | null;
  /** What the script returned when it was asked for the decision. */
  readonly raw: string | null;
}

/** A script that is read once and asked for many decisions: in plain scripts without the engine. */
export class Decider implements Disposable {
  readonly #source: string;
  readonly #plain = new Map<ProfileName, PlainScript | null>();
  #marked: MarkedScript | null = null;

  constructor(source: string) {
    this.#source = source;
  }

  async of(urls: readonly string[], options: ResolveOptions): Promise<(Decision | null)[]> {
    return (await this.answers(urls, options)).map(({ decision }) => decision);
  }

  /** The same with what the script returned. */
  async answers(urls: readonly string[], options: ResolveOptions): Promise<Told[]> {
    const profile = profileNamed(options.profile ?? 'chromium');
    let plain = this.#plain.get(profile.name);
    if (plain === undefined) {
      plain = (await plainAlone(this.#source, profile))?.script ?? null;
      this.#plain.set(profile.name, plain);
    }
    const told = urls.map((url) => (plain && !options.limits ? toldBy(plain, url, profile, options) : null));
    const left = urls.filter((_, index) => told[index] === null);
    if (left.length === 0) return told.map((each) => each ?? nothingTold);
    this.#marked ??= new MarkedScript(this.#source);
    const rest = (await this.#marked.answers(left, options)).values();
    return told.map((each) => each ?? rest.next().value ?? nothingTold);
  }

  [Symbol.dispose](): void {
    this.#marked?.[Symbol.dispose]();
  }
}

const nothingTold: Told = { decision: null, raw: null };

function toldBy(plain: PlainScript, url: string, profile: Profile, options: ResolveOptions): Told | null {
  const script = scriptArguments(url, profile);
  if (hostBypassed(script.host, profile)) return nothingTold;
  const answer = plain.returns(script.url, script.host, options);
  if (!answer) return null;
  const { raw, points } = answer;
  const point = decidingPoint([...points.keys()], points as readonly Point[]); // it asks for no more of them
  return { raw, decision: point && { line: point.line, column: point.column, text: point.text } };
}

/** A script with marks in it that the engine runs: it says through which returns it came. */
export class MarkedScript implements Disposable {
  readonly #points: readonly Point[];
  readonly #pac: Pac | null;

  constructor(source: string) {
    const instrumented = instrument(source);
    this.#points = instrumented?.points ?? [];
    this.#pac = instrumented && new Pac(instrumented.source, {});
  }

  async answers(urls: readonly string[], options: ResolveOptions): Promise<Told[]> {
    if (!this.#pac) return urls.map(() => nothingTold);
    const results = await this.#pac.resolveMany(urls, options);
    return results.map(({ raw }) => ({
      decision: decisionIn(raw, this.#points),
      raw: raw?.split(decisionMark)[0] ?? null,
    }));
  }

  [Symbol.dispose](): void {
    this.#pac?.[Symbol.dispose]();
  }
}

/** The decision that an instrumented script has put behind its answer. */
function decisionIn(raw: string | null, points: readonly Point[]): Decision | null {
  const marks = raw?.split(decisionMark)[1];
  if (!marks) return null;
  const point = decidingPoint(marks.split(',').map(Number), points);
  return point && { line: point.line, column: point.column, text: point.text };
}
