/**
 * Pure questions to a list of events. A view indexes the list once; what is derived from it is kept with it, so that
 * a hundred rules ask at the price of one. Longer questions have files of their own: `dials.ts`, `requests.ts`,
 * `discovery.ts`.
 */
import type { EventType, TraceEvent } from './events.ts';

export interface View {
  /** In the order of observation. */
  readonly events: readonly TraceEvent[];
  ofType: <T extends EventType>(type: T) => readonly TraceEvent<T>[];
  event: (seq: number) => TraceEvent | undefined;
  /** Everything that both ends and the protocols above saw of one TCP connection. */
  onConnection: (conn: number) => readonly TraceEvent[];
  /** The events with numbers from `first` to `last`, both included. */
  between: (first: number, last: number) => readonly TraceEvent[];
}

const views = new WeakMap<readonly TraceEvent[], { length: number; view: View }>();

/** The view on a list of events; the same list gives the same view until it grows. */
export function viewOf(events: readonly TraceEvent[]): View {
  const known = views.get(events);
  if (known?.length === events.length) return known.view;
  const view = index([...events]);
  views.set(events, { length: events.length, view });
  return view;
}

/** A question whose answer is kept with the view. */
export function kept<T>(question: (view: View) => T): (view: View) => T {
  const answers = new WeakMap<View, { answer: T }>();
  return (view) => {
    let known = answers.get(view);
    if (!known) {
      known = { answer: question(view) };
      answers.set(view, known);
    }
    return known.answer;
  };
}

/** The events of some types among others. */
export const pick = <T extends EventType>(events: readonly TraceEvent[], ...types: T[]): TraceEvent<T>[] =>
  // The filter has just looked at the type; TypeScript cannot carry that through a union of this size.
  events.filter(({ type }) => (types as EventType[]).includes(type)) as TraceEvent<T>[];

/** The event numbers of whatever is given, in order, each once. */
export function seqs(...events: readonly (TraceEvent | readonly (TraceEvent | undefined)[] | undefined)[]): number[] {
  const numbers = events.flat().flatMap((event) => (event ? [event.seq] : []));
  return [...new Set(numbers)].sort((left, right) => left - right);
}

/** What happened while a step of the scenario ran; `step` counts as `step.started` does. */
export function eventsOfStep(events: readonly TraceEvent[], step: number): readonly TraceEvent[] {
  const view = viewOf(events);
  const started = view.ofType('step.started').find((event) => event.data.step === step);
  if (!started) return [];
  const finished = view.ofType('step.finished').find((event) => event.data.step === step);
  return view.between(started.seq, finished?.seq ?? Infinity);
}

/** What each client read, the last value of each name, by client and name. */
export const settingsOf = kept((view) => {
  const settings = new Map<string, Map<string, TraceEvent<'client.setting'>>>();
  for (const event of view.ofType('client.setting')) {
    groupIn(settings, event.data.client, () => new Map()).set(event.data.name, event);
  }
  return settings;
});

/** The value of a header, by its name in any case; several values joined as RFC 9110 §5.2 joins them. */
export function header(headers: readonly (readonly [string, string])[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const found = headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
  return found.length > 0 ? found.join(', ') : undefined;
}

/** Those with numbers from `first` to `last`, of things in the order of their numbers. */
export const within = <T extends { seq: number }>(things: readonly T[], first: number, last: number): readonly T[] =>
  things.slice(firstFrom(things, first), firstFrom(things, last + 1));

/** The group that a key has in a map, made when it is new. */
export function groupIn<K, V>(groups: Map<K, V>, key: K, make: () => V): V {
  let group = groups.get(key);
  if (group === undefined) {
    group = make();
    groups.set(key, group);
  }
  return group;
}

function index(events: readonly TraceEvent[]): View {
  const types = new Map<EventType, TraceEvent[]>();
  const connections = new Map<number, TraceEvent[]>();
  const numbers = new Map<number, TraceEvent>();
  for (const event of events) {
    numbers.set(event.seq, event);
    groupIn(types, event.type, () => []).push(event);
    for (const conn of connectionsIn(event)) groupIn(connections, conn, () => []).push(event);
  }
  return {
    events,
    ofType: <T extends EventType>(type: T) => (types.get(type) ?? []) as TraceEvent<T>[],
    event: (seq) => numbers.get(seq),
    onConnection: (conn) => connections.get(conn) ?? [],
    between: (first, last) => within(events, first, last),
  };
}

/** A tunnel belongs to both of its connections. */
function connectionsIn({ data }: TraceEvent): number[] {
  const { conn, upstream } = data as { conn?: unknown; upstream?: unknown };
  return [conn, upstream].filter((id) => typeof id === 'number');
}

/** Where the things from number `seq` on begin. */
function firstFrom(things: readonly { seq: number }[], seq: number): number {
  let low = 0;
  let high = things.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((things[middle]?.seq ?? Infinity) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
