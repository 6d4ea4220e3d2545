import { matcher, matchesValue, sayMatcher } from '../../matcher.ts';
import { routeOf } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { say } from '../criteria.ts';
import { stepExpectation } from '../expectation.ts';

export const routeExpectation = stepExpectation({
  key: 'route',
  summary: 'The route that the request ended with: `DIRECT`, `PROXY proxy.corp.example:8080`.',
  schema: matcher,
  judge: (wanted, { request }) => ({
    passed: matchesValue(wanted, routeOf(request)),
    expected: `route ${sayMatcher(wanted)}`,
    actual: `route ${say(routeOf(request))}, tried ${say(request.attempts.map(({ route }) => route))}`,
    evidence: seqs(request.routes, request.attempts.at(-1)?.started, request.finished),
  }),
});
