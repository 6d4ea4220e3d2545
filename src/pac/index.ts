/**
 * The door of the room: PAC files as the real clients evaluate them.
 */
import { Pac, type LoadOptions } from './pac.ts';

/**
 * Takes a PAC file, as text or as the bytes a server sent. Nothing is run yet: each profile decodes, checks and loads it
 * on first use, and reports what it finds wrong as the `error` of a result.
 */
export function loadPac(source: string | Uint8Array, options: LoadOptions = {}): Promise<Pac> {
  return Promise.resolve(new Pac(source, options));
}

export type { EvaluateOptions, LoadOptions, Pac } from './pac.ts';
export type { ResolveOptions } from './options.ts';
export type { LookupKind, LookupOptions, Resolver } from './lookup.ts';
export type { Entry, Evaluation, HelperCall, PacError, Resolution, ScriptArguments } from './result.ts';
export type { Limits } from './limits.ts';
export type { BodyOptions, DecodedBody } from './body.ts';
export type * from './profile.ts';
export { undefinedMark } from './result.ts';
export { agentArguments, bypassed, scriptArguments } from './arguments.ts';
export { decodeBody } from './body.ts';
export { defaultLimits } from './limits.ts';
export { failoverOrder, ProxyMemory } from './failover.ts';
export { judgeFetch, statusUsed, type FetchVerdict, type PacResponse } from './fetch.ts';
export { parseList, readList } from './list.ts';
export { isEstablished, profileNames } from './profile.ts';
export { profileNamed, profiles } from './profiles/index.ts';
export { helpers } from './helpers/index.ts';
export type { AccessBatch, AccessEntry } from './access-log.ts';
export type { CompareOptions, CompareRow } from './compare.ts';
export type { Coverage } from './cover.ts';
export type { DiffOptions, DiffReport, Move } from './diff.ts';
export type { Decision, Explanation } from './explain.ts';
export type { LintFinding } from './lint.ts';
export { coverageHtml, coverageText } from './cover-text.ts';
export { diffMarkdown, diffText } from './diff-text.ts';
export { missingIn, type Missing } from './missing.ts';
export { sameRoutes } from './resolution.ts';
export type { Recorded, Retraced } from './retrace.ts';
export { compare, cover, decisions, diff, explain, lint, readAccessLog, retrace } from './lazy.ts';
