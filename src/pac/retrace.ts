/**
 * Which lines a script ran for requests of long ago. The script is run again with marks at its statements, and each helper
 * gives what it gave then, by the record: no name is asked, no address looked up. What does not come out as recorded
 * (another answer, another call) is not told, and nothing is told of scripts that draw lots or read the clock themselves,
 * since nobody has written down what they got: an honest nothing instead of a guess.
 */
import { decidingPoint, decisionMark, instrument, type Point } from './instrument.ts';
import { Pac } from './pac.ts';
import type { ProfileName } from './profile.ts';
import { profileNamed } from './profiles/index.ts';

/** One evaluation as it is in a trace. */
export interface Recorded {
  /** As the script was handed them. */
  readonly url: string;
  readonly host: string;
  /** Every helper call, in order. */
  readonly calls: readonly { readonly fn: string; readonly result: unknown }[];
  /** Null when it was no string; with `failed`, when it threw. */
  readonly answer: string | null;
  readonly failed: boolean;
}

export interface Retraced {
  /** 1-based, each once, in order. */
  readonly lines: readonly number[];
  /** The return statement whose value it was; null when the script threw. */
  readonly decided: { readonly line: number; readonly column: number } | null;
}

/**
 * For each of them, in the order in which they happened; null where the script did not do the same again. `now`, in
 * milliseconds since 1970 and UTC, is for those who know what the clock of the script showed.
 */
export async function retrace(
  source: string,
  recorded: readonly Recorded[],
  { profile, now }: { profile: ProfileName; now?: number },
): Promise<(Retraced | null)[]> {
  const { engine, script, helpers } = profileNamed(profile);
  const called = new Set(recorded.flatMap(({ calls }) => calls.map(({ fn }) => fn)));
  const names = Object.keys(helpers).filter((name) => called.has(name) || !isMade(name, source));
  const isOpen = /\bMath\s*\.\s*random\b/.test(source) || (now === undefined && /\bDate\b/.test(source));
  const marked = isOpen ? null : instrument(source, headFor(names));
  if (!marked) return recorded.map(() => null);
  // Promises of pac-resolver are no lines of the script: answers are at hand, so nothing has to be waited for.
  const options = {
    profile: engine === 'sandbox' ? profile : 'firefox',
    timeZone: 'UTC',
    now: now ?? 0,
    trace: false,
  } as const;
  using pac = new Pac(marked.source, {});
  const found: (Retraced | null)[] = [];
  for (const each of recorded) {
    const { url, host, calls } = each;
    const asked = [calls.map(({ fn, result }) => [fn, result]), script.entries, url, host];
    const answer = await pac.evaluate(
      `__paclab_again(${asked.map((part) => JSON.stringify(part)).join(', ')})`,
      options,
    );
    found.push('value' in answer ? toldBy(answer.value as Again, each, marked.points) : null);
  }
  return found;
}

/** Whether a script has a function of its own in the place of a helper: that is run as it is. */
const isMade = (name: string, source: string): boolean =>
  new RegExp(`\\bfunction\\s+${name}\\b|\\b${name}\\s*=(?!=)`).test(source);

/** What {@link headFor} gives back. */
interface Again {
  text: string | null;
  threw: boolean;
  hits: number[];
  /** All of the recorded calls were made, and no other. */
  same: boolean;
}

function toldBy(again: Again, { answer, failed }: Recorded, points: readonly Point[]): Retraced | null {
  const [text = null, marks = ''] = again.text?.split(decisionMark) ?? [];
  if (!again.same || again.threw !== failed || (!failed && text !== answer)) return null;
  const lines = new Set<number>();
  for (const id of again.hits) {
    const { line = 0, last = 0 } = points[id] ?? {};
    for (let each = line; each <= last; each += 1) lines.add(each);
  }
  const point = marks === '' ? null : decidingPoint(marks.split(',').map(Number), points);
  return {
    lines: [...lines].sort((a, b) => a - b),
    decided: point && { line: point.line, column: point.column },
  };
}

/** Helpers that answer by the record, and the function that asks the script again; on one line, so that lines stay. */
function headFor(names: readonly string[]): string {
  const recorded = names.map(
    (name) => `if (typeof ${name} === 'function') ${name} = __paclab_recorded('${name}', ${name});`,
  );
  return `var __paclab_record = [], __paclab_next = 0, __paclab_off = false; \
function __paclab_recorded(name, inner) { return function () { var one = __paclab_record[__paclab_next]; \
if (one && one[0] === name) { __paclab_next++; return one[1]; } __paclab_off = true; return inner.apply(this, arguments); }; } \
function __paclab_again(record, entries, url, host) { var i, text = null, threw = false, hits = []; \
__paclab_record = record; __paclab_next = 0; __paclab_off = false; \
for (i = 0; i < __paclab_hits.length; i++) __paclab_hits[i] = 0; \
try { var entry = entries[0] === 'FindProxyForURLEx' && typeof FindProxyForURLEx === 'function' ? FindProxyForURLEx : FindProxyForURL; \
text = entry(url, host); if (typeof text !== 'string') text = null; } catch (error) { threw = true; } \
for (i = 0; i < __paclab_hits.length; i++) if (__paclab_hits[i] > 0) hits.push(i); \
return { text: text, threw: threw, hits: hits, same: !__paclab_off && __paclab_next === record.length }; } \
${recorded.join(' ')} `;
}
