/** What a browser tells of its visits, as events beside those of the lab; and what it asked of others is left out. */
import type { Visited } from '../browser/browser.ts';
import type { EventMap, EventType, TraceEvent } from '../trace/events.ts';

export interface Account {
  /** The client's name in the scenario. */
  name: string;
  visits: readonly Visited[];
}

/** Google's and Mozilla's own; also with a search domain behind them. */
const makers =
  /(^|[./@])(google|googleapis|googleusercontent|gstatic|gvt1|mozilla|firefox|mozaws|mozgcp)\.(com|net|org)([.:/?]|$)/i;

const places = ['host', 'name', 'target', 'serverName', 'url'];

/** Whether an event is about something that the browser wants for itself. */
function isOwn({ data }: TraceEvent): boolean {
  const fields = data as Readonly<Record<string, unknown>>;
  return places.some((field) => typeof fields[field] === 'string' && makers.test(fields[field]));
}

const connOf = ({ data }: TraceEvent): number | undefined => (data as { conn?: number }).conn;

const ofTransport = /^(tcp|tls)\./;

/** Without the browser's own errands, and the connections that carried nothing else. */
export function withoutErrands(events: readonly TraceEvent[]): TraceEvent[] {
  const own = events.filter(isOwn);
  const owned = new Set(own.map(connOf));
  const kept = events.filter((event) => !own.includes(event));
  const used = new Set(kept.filter(({ type }) => !ofTransport.test(type)).map(connOf));
  return kept.filter((event) => {
    const conn = connOf(event);
    return !(ofTransport.test(event.type) && conn !== undefined && owned.has(conn) && !used.has(conn));
  });
}

/** Both lists as one, in the order of time, numbered anew. */
export function withAccounts(events: readonly TraceEvent[], accounts: readonly Account[]): TraceEvent[] {
  const told = accounts.flatMap(eventsOf);
  const all = [...events, ...told].map((event, index) => ({ event, index }));
  all.sort((a, b) => a.event.at - b.event.at || a.index - b.index);
  return all.map(({ event }, index) => ({ ...event, seq: index + 1 }));
}

function eventsOf({ name, visits }: Account): TraceEvent[] {
  return visits.flatMap((visit, index) => {
    const { url, began, ended, routes, tries, status, error } = visit;
    const which = { client: name, request: index + 1 };
    const write = <T extends EventType>(at: number, type: T, data: EventMap[T]): TraceEvent =>
      ({ seq: 0, at, by: `client:${name}`, type, data }) as TraceEvent;
    const last = tries.at(-1);
    return [
      write(began, 'client.request', { ...which, url, method: 'GET' }),
      ...(routes === null
        ? []
        : [write(ended, 'client.routes', { ...which, routes: [...routes], why: 'as the browser says' })]),
      ...tries.flatMap(({ route, failure }, at) => {
        const attempt = { ...which, route, attempt: at + 1 };
        const next = route !== last?.route ? 'next-route' : error === null ? 'done' : 'stop';
        const failed = failure ?? (route === last?.route ? error : null);
        return [
          write(ended, 'client.attempt', attempt),
          write(ended, 'client.attempt-finished', { ...attempt, conn: null, failure: failed, detail: null, next }),
        ];
      }),
      write(ended, 'client.finished', {
        ...which,
        url,
        route: last?.route ?? null,
        status,
        error: error === null ? null : { name: error, text: error, cause: 'browser' },
      }),
    ];
  });
}
