import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { allOf } from '../candidates.ts';
import { rule } from '../rule.ts';

interface Cut {
  request: Request;
  attempt: Attempt;
  started: TraceEvent<'client.started'>;
  /** What was to be dialled: the proxy, else the destination. */
  host: string;
  literal: boolean;
}

/** A machine with an IPv6 address alone, and a peer that has none. */
const cutOff = kept((view): readonly Cut[] =>
  view.ofType('client.started').flatMap((started) => {
    const { client, address } = started.data;
    if (!address.includes(':')) return [];
    return requestsOf(view).flatMap((request) =>
      request.client !== client
        ? []
        : request.attempts.flatMap((attempt) => {
            const { host } = attempt.proxy ?? request.target;
            const literal = /^[\d.]+$/.test(host);
            const noRoute = literal && attempt.failure === 'tcp.unreachable' && attempt.dials.length === 0;
            const noRecord = !literal && attempt.failure === 'dns.nodata';
            return noRoute || noRecord ? [{ request, attempt, started, host, literal }] : [];
          }),
    );
  }),
);

export const envIpv6Only = rule({
  id: 'env-ipv6-only',
  title: 'The machine has IPv6 alone, and its proxy has IPv4 alone',
  severity: 'error',
  summary:
    'In a network without IPv4 an address such as 10.20.0.8 cannot be reached, and a name without AAAA is no name. NAT64 with DNS64 helps for ' +
    'names, never for an IPv4 address that is written into a setting or a script.',
  confirm:
    '`ipconfig` shows no IPv4 address. Filter `dns.qry.type==28`: AAAA is asked and the answer is empty; for an IPv4 address no packet leaves.',
  fix: 'Give the proxy an IPv6 address and an AAAA record, and name it by name in settings and script (not as 10.20.0.8:8080).',
  refutedIf: 'The machine has an IPv4 address, or a 464XLAT interface.',
  alternatives: [],
  needs: [
    {
      says: 'a machine with IPv6 alone, and something to dial that has IPv4 alone',
      seen: (view) => cutOff(view).flatMap(({ started, attempt }) => [started, attempt.started]),
    },
  ],
  find: (view) =>
    cutOff(view).map(({ request, attempt, started, host, literal }) => ({
      about: host,
      confidence: 'certain',
      why:
        `${request.client} is at ${started.data.address} and has no IPv4 address; ${host} ` +
        `${literal ? 'is an IPv4 address, so no packet left' : 'has no AAAA record'}: ${request.finished?.data.error?.text ?? 'the request failed'}.`,
      evidence: seqs(
        started,
        request.ofType('dns.resolved').filter(({ data }) => data.name === host),
        attempt.started,
        attempt.finished,
        request.finished,
      ),
      explains: allOf(request),
    })),
});
