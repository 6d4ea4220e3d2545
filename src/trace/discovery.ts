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
  const searches = lastRound(told.searching.filter(({ seq }) => seq < decided));
  const since = searches[0]?.started.seq ?? 0;
  const downloads = told.downloads.filter(({ seq }) => seq > since && seq < decided);
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
function lastRound(events: readonly TraceEvent<'discovery.started' | 'discovery.finished'>[]): Search[] {
  let round: Search[] = [];
  for (const event of events) {
    if (event.type === 'discovery.started') {
      const again = round.some(({ started }) => sameSearch(started, event));
      if (again) round = [];
      round.push({ started: event, finished: undefined });
    } else {
      const open = round.findLast(({ started, finished }) => !finished && started.data.source === event.data.source);
      if (open) open.finished = event;
    }
  }
  return round;
}

const sameSearch = (left: TraceEvent<'discovery.started'>, right: TraceEvent<'discovery.started'>): boolean =>
  left.data.source === right.data.source && left.data.name === right.data.name;
