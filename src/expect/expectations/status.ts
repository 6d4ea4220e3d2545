import { matcher } from '../../matcher.ts';
import { seqs } from '../../trace/view.ts';
import { criterion, judgeCriteria } from '../criteria.ts';
import { stepExpectation } from '../expectation.ts';

export const statusExpectation = stepExpectation({
  key: 'status',
  summary: 'The status that the client ended with; null when it got none.',
  schema: matcher,
  judge: (wanted, { request: { finished } }) =>
    judgeCriteria('client', [criterion('status', wanted, finished?.data.status)], seqs(finished)),
});
