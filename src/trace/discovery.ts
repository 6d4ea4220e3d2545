/** Why a client took the routes it took: what it found of a proxy script, and what the script said. */
import type { TraceEvent } from './events.ts';
import type { Request } from './requests.ts';
import { pick } from './view.ts';
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
  const before = view
    .between(0, decided)
    .filter((event) => 'client' in event.data && event.data.client === request.client);
  const searches = lastRound(pick(before, 'discovery.started', 'discovery.finished'));
  const since = searches[0]?.started.seq ?? 0;
  const downloads = pick(before, 'pac.fetched').filter(({ seq }) => seq > since);
  const script = downloads.findLast(({ data }) => data.accepted);
  const failed = pick(request.events, 'pac.failed')[0];
  const answered = pick(request.events, 'pac.answered')[0];
  const wanted = searches.length > 0 || downloads.length > 0;
  const decidedByScript = answered !== undefined && !answered.data.failedOpen;
  return { searches, downloads, script, failed, answered, withoutScript: wanted && !decidedByScript };
}

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
