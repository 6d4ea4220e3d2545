/** Why a client took the routes it took: what it found of a proxy script, and what the script said. */
import type { TraceEvent } from './events.ts';
import type { Request } from './requests.ts';
import { groupIn, kept } from './view.ts';
import type { View } from './view.ts';

export interface Decision {
  /** The last round of looking for a script before the routes were set; empty when nobody looked. */
  searches: readonly Search[];
  /** Downloads of that round, in order. */
  downloads: readonly TraceEvent<'pac.fetched'>[];
  /** The download that was accepted, if any. */
  script: TraceEvent<'pac.fetched'> | undefined;
  failed: TraceEvent<'pac.failed'> | undefined;
  answered: TraceEvent<'pac.answered'> | undefined;
  /** A script was wanted, and none decided: the client went on as if there were none. */
  withoutScript: boolean;
}

/** One source asked for the address of a script. */
export interface Search {
  started: TraceEvent<'discovery.started'>;
  finished: TraceEvent<'discovery.finished'> | undefined;
}

/** What was known when this request set its routes. A cached search counts, however long ago it was. */
export function decisionOf(view: View, request: Request): Decision {
  const decided = request.routes?.seq ?? request.finished?.seq ?? Infinity;
  const told = toldBy(view).get(request.client) ?? { searching: [], downloads: [] };
  const rounds = roundsIn(told.searching.filter(({ seq }) => seq < decided));
  const known = told.downloads.filter(({ seq }) => seq < decided);
  // A client that has asked before does not wait for the round that is under way.
  const at = Math.max(
    rounds.findLastIndex((round) => isOver(round, known)),
    0,
  );
  const searches = rounds[at] ?? [];
  const since = searches[0]?.started.seq ?? 0;
  const until = rounds[at + 1]?.[0]?.started.seq ?? Infinity;
  const downloads = known.filter(({ seq }) => seq > since && seq < until);
  const script = downloads.findLast(({ data }) => data.accepted);
  const [failed] = request.ofType('pac.failed');
  const [answered] = request.ofType('pac.answered');
  const wanted = searches.length > 0 || downloads.length > 0;
  const decidedByScript = answered !== undefined && !answered.data.failedOpen && failed === undefined;
  return { searches, downloads, script, failed, answered, withoutScript: wanted && !decidedByScript };
}

interface Told {
  searching: TraceEvent<'discovery.started' | 'discovery.finished'>[];
  downloads: TraceEvent<'pac.fetched'>[];
}

/** What each client said of its search for a script. */
const toldBy = kept((view): ReadonlyMap<string, Told> => {
  const clients = new Map<string, Told>();
  const of = (client: string): Told => groupIn(clients, client, () => ({ searching: [], downloads: [] }));
  for (const event of view.events) {
    if (event.type === 'pac.fetched') of(event.data.client).downloads.push(event);
    if (event.type === 'discovery.started' || event.type === 'discovery.finished')
      of(event.data.client).searching.push(event);
  }
  return clients;
});

/** A client that asks the same source for the same name again begins a new round. */
function roundsIn(events: readonly TraceEvent<'discovery.started' | 'discovery.finished'>[]): Search[][] {
  const rounds: Search[][] = [];
  for (const event of events) {
    const round = rounds.at(-1);
    if (event.type === 'discovery.started') {
      const again = round?.some(({ started }) => sameSearch(started, event)) ?? true;
      const search = { started: event, finished: undefined };
      if (again) rounds.push([search]);
      else round?.push(search);
    } else {
      const open = round?.findLast(({ started, finished }) => !finished && started.data.source === event.data.source);
      if (open) open.finished = event;
    }
  }
  return rounds;
}

/** All that was asked has answered, and what was found has been fetched, well or not. */
const isOver = (round: readonly Search[], downloads: readonly TraceEvent<'pac.fetched'>[]): boolean =>
  round.every(
    ({ started, finished }) =>
      finished !== undefined && (finished.data.url === null || downloads.some(({ seq }) => seq > started.seq)),
  );

const sameSearch = (left: TraceEvent<'discovery.started'>, right: TraceEvent<'discovery.started'>): boolean =>
  left.data.source === right.data.source && left.data.name === right.data.name;
