/** What a running script asks of its host, and how a run ends. */
import type { Budget } from './limits.ts';
import type { PacError } from './result.ts';

/** The host has no answer yet: the run is to be abandoned. */
export const pending = Symbol('pending');

/** What the host answers to the script: a value, or `pending`. */
export type HostAnswer = string | number | boolean | null | typeof pending;

/** Serves one run: `what` is the operation, `index` the request within a batch. */
export type Serve = (what: string, text: string, index: number) => HostAnswer;

/** How a run ended: with text from the prelude, abandoned for an answer, or at a limit. */
export type RunEnd = { kind: 'text'; text: string } | { kind: 'pending' } | { kind: 'error'; error: PacError };

export interface RunTools {
  readonly serve: Serve;
  readonly budget: Budget;
  readonly trace: boolean;
  /** Nothing of a run that the client throws away can be seen afterwards, so it may end at once. */
  readonly unseen?: boolean;
}
