/** What an evaluation gives back. The shapes are the contract of the library (`docs`: "Library"). */

/** One helper call. `line` is the 1-based line in the PAC file, or null when the call came from elsewhere. */
export interface HelperCall {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
  readonly line: number | null;
}

/** Why a script gave no usable answer. A limit hit has the limit's name. */
export interface PacError {
  readonly phase: 'load' | 'call';
  readonly name: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** `url` and `host` exactly as the profile passes them. */
export interface ScriptArguments {
  readonly url: string;
  readonly host: string;
}

export type Entry = 'FindProxyForURL' | 'FindProxyForURLEx';

export interface Resolution {
  /** False when the profile never asks the script about this URL. */
  readonly consulted: boolean;
  readonly script: ScriptArguments | null;
  readonly entry: Entry | null;
  /** What the script returned when it was a string. */
  readonly raw: string | null;
  /** Type of what the script returned, as `typeof` says it, `null` for null; absent when it did not return. */
  readonly returned?: string;
  /** What the script returned when it was a number, a boolean or null. */
  readonly value?: unknown;
  readonly error: PacError | null;
  readonly routes: readonly string[];
  readonly failedOpen: boolean;
  /** In order; of a script that makes hundreds of thousands of calls, the first. */
  readonly calls: readonly HelperCall[];
  /** Texts given to `alert()`, as the client would show them. */
  readonly alerts: readonly string[];
  /** Number of different names asked of the resolver. */
  readonly dnsLookups: number;
  /** The names asked, in order. */
  readonly names: readonly string[];
  /** How often the client ran the script for this URL; more than one only where DNS restarts it. */
  readonly runs: number;
}

export type Evaluation = { value: unknown; calls: readonly HelperCall[] } | { error: PacError };

/** `undefined` as JSON, and back. */
export const undefinedMark: { readonly $undefined: true } = { $undefined: true };

/** A value as the realm encodes it: `{"$undefined":true}` for undefined, `{"$number":…}` for NaN and infinities. */
export function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$undefined' in value) return undefined;
  if ('$number' in value) return Number(value.$number);
  return value;
}
