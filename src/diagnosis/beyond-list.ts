/** Clients that go on when a script's list is exhausted, by an entry that the script never named. */
import type { Alternative } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { allOf, isDead, sayAttempts, scriptedOf, shown } from './candidates.ts';
import { howItFailed, isUnreachable } from './fail-open.ts';
import type { Match, Need } from './rule.ts';

interface Beyond {
  request: Request;
  answered: TraceEvent<'pac.answered'>;
  dead: readonly Attempt[];
  tail: Attempt;
  profile: string;
}

const beyondOf = kept((view): readonly Beyond[] =>
  requestsOf(view).flatMap((request) => {
    const { attempts, client } = request;
    const answered = scriptedOf(request);
    const at = attempts.findIndex(({ route }) => answered?.data.routes.includes(route) === false);
    const [dead, tail] = [attempts.slice(0, at), attempts[at]];
    if (!answered || !tail || dead.length === 0 || !dead.every(isDead)) return [];
    return [{ request, answered, dead, tail, profile: profileIn(view, client) }];
  }),
);

/** Which program it is. */
const profileIn = (view: View, client: string): string =>
  view.ofType('client.started').find(({ data }) => data.client === client)?.data.profile ?? '';

/** What a rule about one kind of client needs, and its matches. */
export function beyond(isMeant: (profile: string) => boolean): {
  alternatives: readonly Alternative[];
  needs: readonly Need[];
  find: (view: View) => Match[];
} {
  const of = (view: View): Beyond[] => beyondOf(view).filter(({ profile }) => isMeant(profile));
  return {
    alternatives: deadProxies.flatMap(({ alternatives }) => alternatives),
    needs: [
      {
        says: 'an attempt by a route that the script had not named, after all of its proxies had failed',
        seen: (view) => of(view).map(({ tail }) => tail.started),
      },
    ],
    find: (view) => of(view).map(matchOf),
  };
}

/** The dead proxy by itself, as it is told of a client that goes nowhere else, or on to another proxy. */
const deadBy = (failure: string, only: string, first: string): { failure: string; alternatives: Alternative[] } => ({
  failure,
  alternatives: [
    { id: only, tellApart: 'The way that the script does not name is meant to be there: then the proxy is the fault.' },
    { id: first, tellApart: 'The script is meant to name a second proxy: then this one is only the first of a list.' },
  ],
});

const deadProxies = [
  deadBy('tcp.refused', 'proxy-refused', 'failover-first-refused'),
  deadBy('tcp.timeout', 'proxy-syn-blackhole', 'failover-first-blackhole'),
  deadBy('dns.', 'proxy-name-nxdomain', 'failover-proxy-dns'),
];

function matchOf({ request, answered, dead, tail }: Beyond): Match {
  const { client, routes, finished } = request;
  const then = isUnreachable(tail) ? `, which ${howItFailed(tail.failure)}` : '';
  return {
    about: tail.route,
    severity: request.ok ? 'warning' : 'error',
    confidence: 'certain',
    why: `The script answered "${answered.data.answer ?? ''}" to ${client}: ${sayAttempts(dead)}; it went on by ${tail.route}${then}.`,
    evidence: seqs(
      answered,
      routes,
      dead.flatMap((attempt) => shown(request, attempt)),
      shown(request, tail),
      finished,
    ),
    explains: allOf(request),
    alternatives: deadProxies.flatMap(({ failure, alternatives }) =>
      dead.some((attempt) => attempt.failure?.startsWith(failure) === true) ? alternatives : [],
    ),
  };
}
