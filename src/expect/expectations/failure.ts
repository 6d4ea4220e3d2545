import { z } from 'zod';

import { failures } from '../../failure.ts';
import type { FailureCode } from '../../failure.ts';
import { seqs } from '../../trace/view.ts';
import { say } from '../criteria.ts';
import { stepExpectation } from '../expectation.ts';

const codes = Object.keys(failures) as [FailureCode, ...FailureCode[]];

export const failureExpectation = stepExpectation({
  key: 'failure',
  summary: 'Why the request failed, as one of the lab’s own codes; null when it did not.',
  schema: z.enum(codes).nullable(),
  judge: (wanted, { request: { finished, attempts } }) => {
    const last = attempts.at(-1);
    const failure = finished?.data.error?.cause ?? last?.failure ?? null;
    return {
      passed: failure === wanted,
      expected: `failure ${say(wanted)}`,
      actual: `failure ${say(failure)}${last?.finished?.data.detail ? ` (${last.finished.data.detail})` : ''}`,
      evidence: seqs(last?.finished, finished),
    };
  },
});
