/** Entries of a script's answer that a client does not know: it passes over them, and may have none left but DIRECT. */
import type { View } from '../trace/view.ts';
import type { AnswerEntry } from './answer-text.ts';
import { allOf } from './candidates.ts';
import { scriptMatch } from './evaluations.ts';
import type { Evaluation } from './evaluations.ts';
import { directIsOpen, howItFailed, isUnreachable } from './fail-open.ts';
import type { Match } from './rule.ts';

/** What comes of it in a network that lets nobody out directly; `named` are the entries of that kind. */
export function passedOver(view: View, evaluation: Evaluation, named: readonly AnswerEntry[]): Match[] {
  const { answered, request, client } = evaluation;
  const { answer, routes, failedOpen } = answered?.data ?? {};
  const [entry] = named;
  const [first] = request.attempts;
  if (
    !entry ||
    /^\s*direct\b/i.test(answer ?? '') ||
    failedOpen !== false ||
    routes?.[0] !== 'DIRECT' ||
    first?.proxy !== null
  )
    return [];
  const { host, port } = request.target;
  if (!isUnreachable(first) || directIsOpen(view, client, port)) return [];
  const why =
    `The script named "${answer ?? ''}"; ${client} does not know ${entry.word} and went DIRECT to ${host}:${port}, ` +
    `which ${howItFailed(first.failure)}.`;
  return [scriptMatch([evaluation], { confidence: 'certain', why, explains: allOf(request) })];
}
