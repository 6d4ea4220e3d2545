import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { isUnreachable } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { accepted, decidedBy, hostSearchesOf } from '../wpad.ts';
import type { HostSearch } from '../wpad.ts';

/** Two clients that got different addresses for one name, of which neither got both; one of them is stuck. */
interface Split {
  stuck: HostSearch;
  other: HostSearch;
  request: Request;
}

const splits = kept((view): readonly Split[] =>
  hostSearchesOf(view).flatMap((stuck, index, searches) => {
    const request = decidedBy(view, stuck).find(proxiesAreAway);
    if (!request) return [];
    const other = searches.find((one) => differs(one, stuck) && !sawBoth(searches, one, stuck));
    const first = searches.findIndex(({ client }) => client === stuck.client) === index;
    return other && first ? [{ stuck, other, request }] : [];
  }),
);

const differs = (left: HostSearch, right: HostSearch): boolean =>
  left.client !== right.client &&
  left.addresses.length > 0 &&
  left.names.some((name) => right.names.includes(name)) &&
  !left.addresses.some((ip) => right.addresses.includes(ip));

const sawBoth = (searches: readonly HostSearch[], one: HostSearch, two: HostSearch): boolean =>
  searches.some(
    ({ client, addresses }) =>
      (client === one.client && addresses.some((ip) => two.addresses.includes(ip))) ||
      (client === two.client && addresses.some((ip) => one.addresses.includes(ip))),
  );

const proxiesAreAway = ({ attempts }: Request): boolean =>
  attempts.some(({ proxy }) => proxy !== null) &&
  attempts.every((attempt) => attempt.proxy === null || isUnreachable(attempt));

export const wpadSplitHorizonMismatch = rule({
  id: 'wpad-split-horizon-mismatch',
  title: 'wpad resolves differently here, and the proxies of its script are out of reach',
  severity: 'error',
  summary:
    'The zone has an internal and an external view, and this client asks the wrong one: it gets the address of another ' +
    'wpad host, takes the script from there, and cannot reach the proxies that the script names.',
  confirm:
    'Ask each resolver: `nslookup wpad.<suffix> <resolver>`. Filter `dns.qry.name contains "wpad" && dns.a` and look ' +
    'at the resolver beside the answer; then `tcp.analysis.retransmission && tcp.flags.syn==1` towards the proxy.',
  fix:
    'Give the client the resolvers of its own network (DHCP option 6, the VPN’s settings), or let both views of the ' +
    'zone lead to scripts whose proxies can be reached from where they are answered.',
  refutedIf: 'All resolvers of the client give the same address, or the proxy is out of reach from everywhere.',
  alternatives: [
    {
      id: 'wpad-dns-record-moves-midrun',
      tellApart: 'The record was changed between the two questions: both clients get the new address now.',
    },
  ],
  needs: [
    {
      says: 'two addresses for one wpad name, to two clients, and a proxy out of reach for one of them',
      seen: (view) => splits(view).flatMap(({ stuck, other }) => [...stuck.answers, ...other.answers]),
    },
  ],
  find: (view) => splits(view).map((split) => match(view, split)),
});

function match(view: View, { stuck, other, request }: Split) {
  const attempt = request.attempts.find(({ proxy }) => proxy !== null);
  // Where the right script helps nobody either, its proxies have a cause of their own.
  const right = decidedBy(view, other);
  const bothAway = right.length > 0 && right.every(proxiesAreAway);
  const server = stuck.answers[0]?.data.server ?? 'the resolver';
  return {
    about: stuck.client,
    confidence: 'likely' as const,
    why: `${stuck.names.at(-1)} is ${stuck.addresses.join(', ')} for ${stuck.client} (from ${server}) but ${other.addresses.join(', ')} for ${other.client}; ${attempt?.route} of the script at the former is out of reach.`,
    evidence: seqs(
      other.answers,
      stuck.answers,
      accepted(stuck),
      request.routes,
      attempt?.dials.flatMap(({ events }) => [...events]),
      attempt?.finished,
      request.finished,
    ),
    explains: bothAway ? [] : decidedBy(view, stuck).flatMap(({ events }) => seqs(events)),
  };
}
