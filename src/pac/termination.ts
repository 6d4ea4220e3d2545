/**
 * How Chromium ends a run whose lookup has no answer yet: it asks V8 to terminate, and V8 looks at that wish when it enters
 * a function of the script or one of its own written in Torque, not between statements. So the run goes on for a while:
 * assignments, conditions, and calls of the functions below still happen; then it is over, and no catch or finally runs.
 *
 * Observed in Chromium 156 with some 230 scripts (see `test/pac/restart.test.ts`). Long loops without any call are ended
 * by a budget of V8 that depends on its bytecode; we end them after some hundred jumps.
 */

import type { Checkpoint, Checkpoints } from './checkpoints.ts';

const browser = 'alert|dnsResolve|dnsResolveEx|myIpAddress|myIpAddressEx|isPlainHostName|sortIpAddressList|isInNetEx';
const errors = 'Error|TypeError|RangeError|SyntaxError|ReferenceError|EvalError|URIError';
const coding = 'escape|unescape|encodeURI|encodeURIComponent|decodeURI|decodeURIComponent';
const others =
  'Date|Date\\.(?:now|parse|UTC)|JSON\\.(?:parse|stringify)|Symbol|Array|Object\\.(?:defineProperty|freeze)';
const methods = 'localeCompare|toFixed|lastIndexOf|normalize|toUpperCase|setHours|toISOString|propertyIsEnumerable';

/** Functions of the browser itself; in our engine they are functions in functions. */
const native = new RegExp(`^(?:(?:${browser})(?:\\.(?:call|apply))?|console\\.\\w+)$`);

/** Those of V8 that are written in C++. */
const written = new RegExp(
  `^(?:${others}|${errors}|${coding}|Reflect\\.ownKeys|.*\\.(?:${methods}|__define[GS]etter__))$`,
);

/** Jumps that a run may still take. */
const jumps = 120;

/** Where the innermost frame of the script stands, 1-based; `helper` when our own text is at work inside it. */
export type Place = { readonly line: number; readonly column: number } | 'helper' | null;

/** Follows one run from the lookup to its end. */
export class Termination {
  readonly #lines: readonly string[];
  readonly #own: ReadonlySet<string>;
  readonly #checkpoints: Checkpoints;
  readonly #place: () => Place;
  #jumps = 0;
  /** Calls that one of the browser's functions makes in our engine, and not in V8. */
  #inside = 0;

  /** `source` is what the engine was given, `place` asks the engine where it stands. */
  constructor(source: string, checkpoints: Checkpoints, place: () => Place) {
    this.#checkpoints = checkpoints;
    this.#place = place;
    this.#lines = source.split(/\r\n?|[\n\u2028\u2029]/);
    this.#own = new Set(
      [...source.matchAll(/(?:function|var|let|const|class)\s+([\w$]+)/g)].map(([, name = '']) => name),
    );
  }

  /** From now on the run is to end. */
  begin(): void {
    this.#jumps = 0;
    this.#inside = 0;
    this.#checkpoints.watch();
  }

  /** The run is over. */
  end(): void {
    this.#checkpoints.rest();
  }

  /** Whether the run ends at the step that the engine has come to. */
  endsHere(): boolean {
    const checkpoint = this.#checkpoints.here();
    this.#checkpoints.rest(); // to ask for the place takes steps as well
    const ends = this.#endsAt(checkpoint);
    if (!ends) this.#checkpoints.watch();
    return ends;
  }

  #endsAt(checkpoint: Checkpoint): boolean {
    if (checkpoint === 'jump') return ++this.#jumps > jumps;
    const at = this.#place();
    if (at === 'helper') {
      this.#inside = 0;
      return false;
    }
    if (checkpoint === 'implicit call' || at === null) return --this.#inside < 0;
    const line = this.#lines[at.line - 1] ?? '';
    const callee = calleeIn(line, at.column - 1);
    if (callee === null) return false; // a template is a call in our engine, and none in V8
    const known = !this.#own.has(callee.split('.')[0] ?? '');
    this.#inside = known && native.test(callee) ? (/\.(?:call|apply)$/.test(callee) ? 2 : 1) : 0;
    return this.#inside === 0 && !(known && written.test(callee));
  }
}

/** The words before a parenthesis, such as "Date" or "a.b"; null where no call is spelled out. */
function calleeIn(line: string, at: number): string | null {
  const before = line.slice(0, at).trimEnd();
  const words = /(?:[\w$]+|[)\]"'`}])?(?:\s*\.\s*[\w$]+)*$/.exec(before)?.[0].replace(/\s/g, '') ?? '';
  const tagged = line[at] === '`' && words !== '';
  return tagged || line[at] === '(' || /\bnew\s+[\w$.]+$/.test(before) ? words : null;
}
