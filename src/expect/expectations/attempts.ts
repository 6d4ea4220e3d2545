import { z } from 'zod';

import { matcher, matchesValue, sayMatcher } from '../../matcher.ts';
import { seqs } from '../../trace/view.ts';
import { stepExpectation } from '../expectation.ts';

export const attemptsExpectation = stepExpectation({
  key: 'attempts',
  summary: 'Every route that was tried, in order.',
  schema: z.array(matcher),
  judge: (wanted, { request: { attempts } }) => {
    const tried = attempts.map(({ route, failure }) => `${route}${failure === null ? '' : ` (${failure})`}`);
    return {
      passed:
        wanted.length === attempts.length && wanted.every((one, index) => matchesValue(one, attempts[index]?.route)),
      expected: wanted.length === 0 ? 'no attempt' : `attempts ${wanted.map(sayMatcher).join(', then ')}`,
      actual: tried.length === 0 ? 'no attempt' : tried.join(', then '),
      evidence: seqs(attempts.flatMap(({ started, finished }) => [started, finished])),
    };
  },
});
