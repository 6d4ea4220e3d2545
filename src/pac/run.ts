/** What runs a script, and what comes of it. */
import type { ResolveOptions } from './options.ts';
import type { Entry, HelperCall, PacError, ScriptArguments } from './result.ts';

/** What came of one call of the script. */
export interface Run {
  /** Prelude text: `s…` a string, `n…` another type, `v…` a value; null when there is an error. */
  readonly text: string | null;
  /** What was returned, where the engine gives it as a value. */
  readonly value?: unknown;
  readonly error: PacError | null;
  readonly entry: Entry | null;
  /** The calls, or how to find them out. */
  readonly calls: readonly HelperCall[] | (() => readonly HelperCall[]);
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
