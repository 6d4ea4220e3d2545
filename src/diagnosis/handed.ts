/** What a script was shown of a URL, and comparisons that came out otherwise because of it. */
import type { TraceEvent } from '../trace/events.ts';
import { callsOf, disagreementsOf, textArgument } from './evaluations.ts';
import type { Evaluation } from './evaluations.ts';
import type { View } from '../trace/view.ts';

/**
 * Whether a text fits a pattern as its author means it: `*` any run of characters, `?` any one, all else plain text.
 * Linear in practice and never exponential: the pattern may be a stranger's.
 */
export function fitsAsMeant(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const char = pattern[next];
    if (char === '*') {
      star = next;
      next += 1;
      resume = at;
    } else if (char !== undefined && (char === '?' || char === text[at])) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      next = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(next));
}

/** The first comparison of `shown` that failed, and would have held for `other`. */
export function missedBecause(
  evaluation: Evaluation,
  shown: string,
  other: string,
): TraceEvent<'pac.called'> | undefined {
  if (shown === other) return undefined;
  return callsOf(evaluation, 'shExpMatch', 'dnsDomainIs').find((call) => {
    const pattern = textArgument(call, 1);
    if (call.data.result !== false || textArgument(call, 0) !== shown || pattern === '') return false;
    return call.data.helper === 'dnsDomainIs' ? other.endsWith(pattern) : fitsAsMeant(pattern, other);
  });
}

/** Another client that asked the same script for the same URL and took another route. */
export const dissenterOf = (view: View, evaluation: Evaluation): Evaluation | undefined =>
  disagreementsOf(view)
    .find((both) => both.includes(evaluation))
    ?.find((one) => one !== evaluation);
