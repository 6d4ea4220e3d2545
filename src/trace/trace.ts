/** The trace keeps events; a pen writes them. A part that holds a pen cannot read. */
import type { EventMap, EventType, TraceEvent } from './events.ts';

/** Writes events in one part's name. */
export interface Pen {
  write<T extends EventType>(type: T, data: EventMap[T]): void;
  /** A pen for another part, on the same trace. */
  as(by: string): Pen;
  /** Nobody reads what it writes: no event need be made. */
  readonly dry?: true;
}

type Listener = (event: TraceEvent) => void;

export class Trace {
  readonly #events: TraceEvent[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #pens = new Map<string, Pen>();
  readonly #now: () => number;
  #last = 0;
  #aside: { types: ReadonlySet<EventType>; trace: Trace } | undefined;

  /** `now` gives lab time in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  pen(by: string): Pen {
    const had = this.#pens.get(by);
    if (had) return had;
    const pen: Pen = {
      write: (type, data) => this.#write(by, type, data),
      as: (other) => this.pen(other),
    };
    this.#pens.set(by, pen);
    return pen;
  }

  /** From now on events of these types are kept in another trace only, which has all the others as well. */
  putAside(types: readonly EventType[]): Trace {
    this.#aside = { types: new Set(types), trace: new Trace(this.#now) };
    return this.#aside.trace;
  }

  /** Hears every event from now on; the returned function ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Drops the oldest events, for a lab that runs for days; numbers go on, and what the lab is stays. */
  forget(count: number): void {
    const dropped = this.#events.splice(0, count);
    this.#events.unshift(...dropped.filter(({ type }) => type === 'lab.started'));
  }

  #write<T extends EventType>(by: string, type: T, data: EventMap[T]): void {
    if (this.#aside) {
      this.#aside.trace.#write(by, type, data);
      if (this.#aside.types.has(type)) return;
    }
    this.#keep({ seq: ++this.#last, at: this.#now(), by, type, data } as TraceEvent);
  }

  #keep(event: TraceEvent): void {
    this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}
