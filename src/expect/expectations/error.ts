import { matcher, matchesValue, sayMatcher } from '../../matcher.ts';
import type { Matcher } from '../../matcher.ts';
import { seqs } from '../../trace/view.ts';
import { stepExpectation } from '../expectation.ts';

export const errorExpectation = stepExpectation({
  key: 'error',
  summary: 'The client’s own error, by name or by text; null when there is none.',
  schema: matcher,
  judge: (wanted, { request: { finished } }) => {
    const error = finished?.data.error ?? null;
    return {
      passed: matchesError(wanted, error),
      expected: `error ${sayMatcher(wanted)}`,
      actual: error ? `error ${error.name}: ${error.text}` : finished ? 'no error' : 'the request did not end',
      evidence: seqs(finished),
    };
  },
});

/** Either of the two may match; a negation must hold for both. */
function matchesError(wanted: Matcher, error: { name: string; text: string } | null): boolean {
  const negated = wanted !== null && typeof wanted === 'object' && 'not' in wanted;
  if (negated) return !matchesError(wanted.not, error);
  return error ? matchesValue(wanted, error.name) || matchesValue(wanted, error.text) : matchesValue(wanted, null);
}
