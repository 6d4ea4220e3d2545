/**
 * What most users of this room never call, loaded when it is first called: a single evaluation should not wait for the
 * parser, the rules of the linter and the readers of logs.
 */
import type { AccessBatch } from './access-log.ts';
import type * as comparing from './compare.ts';
import type * as covering from './cover.ts';
import type * as comparison from './diff.ts';
import type * as explaining from './explain.ts';
import type * as retracing from './retrace.ts';
import type { LintFinding } from './lint.ts';

/** Where clients disagree. See `compare.ts`. */
export const compare: typeof comparing.compare = async (...given) => (await import('./compare.ts')).compare(...given);

/** Lines and branches that URLs reach. See `cover.ts`. */
export const cover: typeof covering.cover = async (...given) => (await import('./cover.ts')).cover(...given);

/** The deciding returns. See `explain.ts`. */
export const decisions: typeof explaining.decisions = async (...given) =>
  (await import('./explain.ts')).decisions(...given);

/** What changes between two scripts. See `diff.ts`. */
export const diff: typeof comparison.diff = async (...given) => (await import('./diff.ts')).diff(...given);

/** Why a client goes where it goes. See `explain.ts`. */
export const explain: typeof explaining.explain = async (...given) => (await import('./explain.ts')).explain(...given);

/** Mistakes that can be seen in the text. See `lint.ts`. */
export const lint = async (source: string): Promise<LintFinding[]> => (await import('./lint.ts')).lint(source);

/** Lines that a script ran for requests of long ago. See `retrace.ts`. */
export const retrace: typeof retracing.retrace = async (...given) => (await import('./retrace.ts')).retrace(...given);

/** Requests out of a log, in portions. See `access-log.ts`. */
export async function* readAccessLog(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<AccessBatch> {
  const reader = await import('./access-log.ts');
  yield* reader.readAccessLog(chunks);
}
