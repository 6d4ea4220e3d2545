import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { rule } from '../rule.ts';

interface Odd {
  request: Request;
  attempt: Attempt;
  response: TraceEvent<'origin.response'>;
}

/** A challenge for proxies, where the client speaks to none. */
const odd = (view: View): Odd[] =>
  requestsOf(view).flatMap((request) =>
    request.attempts
      .filter(({ proxy }) => proxy === null)
      .flatMap((attempt) =>
        attempt
          .ofType('origin.response')
          .filter(({ data }) => data.status === 407)
          .map((response) => ({ request, attempt, response })),
      ),
  );

export const auth407FromOrigin = rule({
  id: 'auth-407-from-origin',
  title: 'A 407 comes back although no proxy is in use',
  severity: 'error',
  summary:
    'The client goes direct and is asked for proxy credentials. It has no proxy to give them to and gives up. Either the ' +
    'destination passes on what a proxy behind it said, or a transparent proxy sits on the way and answers in its place.',
  confirm:
    'Filter `http.response.code==407` and look at the address it comes from: the destination’s own. Via or Server in the answer ' +
    'name a transparent proxy; `tracert -d` or the TTL of the answer compared with that of a SYN-ACK shows how near it is.',
  fix:
    'Exempt the connector’s machine on the transparent proxy, for 80 and 443, or configure that proxy explicitly where it can be ' +
    'answered. If the destination itself says 407: its reverse proxy hands on the answer of a forward proxy behind it.',
  refutedIf: 'The request went to a proxy.',
  alternatives: [],
  needs: [{ says: 'a 407 to a request without a proxy', seen: (view) => odd(view).map(({ response }) => response) }],
  find: (view) =>
    odd(view).map(({ request, attempt, response }) => ({
      about: request.target.host,
      confidence: 'certain',
      why: `${request.client} asked ${request.target.host}:${request.target.port} itself, and got 407 from that address.`,
      evidence: seqs(request.started, attempt.started, response, request.finished),
      explains: seqs(request.events, request.finished),
    })),
});
