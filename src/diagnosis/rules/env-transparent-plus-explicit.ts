import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { header, kept, seqs } from '../../trace/view.ts';
import { sentBy } from '../evaluations.ts';
import { isFromBehind } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

interface Twice {
  request: Request;
  /** Behind the proxy, in the destination's name; or the proxy's own answer, which says that it passed two. */
  behind: TraceEvent<'origin.response' | 'proxy.response'>;
  relayed: TraceEvent<'proxy.response'> | undefined;
}

const twice = kept((view): readonly Twice[] =>
  requestsOf(view).flatMap((request) => {
    const attempt = request.attempts.find(({ proxy }) => proxy !== null);
    if (!attempt) return [];
    const relayed = attempt.ofType('proxy.response').findLast(({ data }) => data.status === 407);
    const seen = attempt.ofType('origin.response').find(({ data }) => data.status === 407);
    const behind = seen ?? (relayed && isFromBehind(relayed) ? relayed : undefined);
    return behind ? [{ request, behind, relayed }] : [];
  }),
);

export const envTransparentPlusExplicit = rule({
  id: 'env-transparent-plus-explicit',
  title: 'Behind the proxy a second one catches its connections and asks for credentials',
  severity: 'error',
  summary:
    'Connections to 80 and 443 are intercepted on the way out, those of the explicit proxy too. The interceptor answers in ' +
    'the destination’s name: its 407 comes through the proxy to a client that has already passed there, and https is inspected twice.',
  confirm:
    'Capture behind the proxy and filter `http.response.code==407`: it comes from the destination’s own address. Via in the answer names two proxies (`http.response.line contains "Via"`).',
  fix: 'Exempt the explicit proxy’s address on the interceptor, for 80 and 443; or do without one of the two.',
  refutedIf: 'The 407 is the explicit proxy’s own: no answer from behind it is in the trace.',
  alternatives: [],
  needs: [{ says: 'a 407 from behind a proxy', seen: (view) => twice(view).map(({ behind }) => behind) }],
  find: (view) =>
    twice(view).map(({ request, behind, relayed }) => {
      const via = header(relayed?.data.headers ?? behind.data.headers, 'via');
      return {
        about: request.attempts[0]?.route ?? '',
        confidence: behind.type === 'origin.response' ? 'certain' : 'likely',
        why:
          `${request.attempts[0]?.route ?? ''} passed ${request.client} and asked ${request.target.host}:${request.target.port}, and got 407 from there` +
          `${via === undefined ? '' : ` (Via: ${via})`}: somebody between answers in its name.`,
        evidence: seqs(request.ofType('proxy.request'), behind, relayed, request.finished),
        explains: sentBy(request),
      };
    }),
});
