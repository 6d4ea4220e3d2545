import { sayDuration } from '../../duration.ts';
import type { Dial } from '../../trace/dials.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';

interface Slow {
  request: Request;
  attempt: Attempt;
  dead: Dial;
  /** The IPv4 address said something, be it RST. */
  alive: Dial;
}

const slowOnes = kept((view): readonly Slow[] =>
  requestsOf(view).flatMap((request) =>
    request.attempts.flatMap((attempt) => {
      const dead = attempt.dials.find(({ to, outcome }) => to.ip.includes(':') && outcome !== 'opened');
      const alive = attempt.dials.find(({ to, outcome }) => !to.ip.includes(':') && outcome !== 'silent');
      const differ = alive?.outcome === 'opened' || dead?.outcome === 'silent';
      return attempt.proxy && dead && alive && differ && dead.seq < alive.seq
        ? [{ request, attempt, dead, alive }]
        : [];
    }),
  ),
);

export const envProxyAaaaBroken = rule({
  id: 'env-proxy-aaaa-broken',
  title: 'The proxy’s name has an IPv6 address that leads nowhere, and every connection tries it first',
  severity: 'warning',
  summary:
    'The proxy’s name has A and AAAA, and the way to the IPv6 address is closed. Older stacks, .NET Framework’s among them, dial one ' +
    'address after the other: each new connection waits for the IPv6 SYNs to give up (21 s on Windows) before IPv4 works at once. ' +
    'Browsers try both nearly at the same time and show nothing.',
  confirm:
    'Filter `ipv6 && tcp.analysis.retransmission && tcp.flags.syn==1` towards the proxy, then a SYN over IPv4 that is answered at once; `nslookup -type=AAAA <proxy>`.',
  fix: 'Take the AAAA record of the proxy’s name away, or let the proxy listen there and the firewall pass it; or name the proxy by its IPv4 address.',
  refutedIf: 'The IPv6 address of the proxy answers from this machine.',
  alternatives: [],
  needs: [
    {
      says: 'a dial of the proxy over IPv6 in vain, and one over IPv4 that was answered',
      seen: (view) => slowOnes(view).flatMap(({ dead, alive }) => [...dead.events, ...alive.events]),
    },
  ],
  find: (view) =>
    slowOnes(view).map(({ request, attempt, dead, alive }) => {
      const lookups = request.ofType('dns.resolved').filter(({ data }) => data.name === attempt.proxy?.host);
      const then = alive.outcome === 'opened' ? 'then reached it at' : 'was answered by';
      const waited = dead.outcome === 'silent' ? `got no answer in ${sayDuration(dead.waited)}` : 'was refused';
      return {
        about: attempt.route,
        severity: request.ok ? 'warning' : 'error',
        confidence: 'certain',
        why: `${attempt.proxy?.host ?? ''} is ${dead.to.ip} first, which ${waited}; ${request.client} ${then} ${alive.to.ip}.`,
        evidence: seqs(lookups, dead.events, alive.events, attempt.finished, request.finished),
        explains: seqs(dead.events),
      };
    }),
});
