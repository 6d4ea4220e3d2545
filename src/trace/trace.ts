/** The trace keeps events; a pen writes them. A part that holds a pen cannot read. */
import type { EventMap, EventType, TraceEvent } from './events.ts';
import { Unread } from './unread.ts';

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
  /** What came after those. */
  readonly #unread = new Unread();
  readonly #listeners = new Set<Listener>();
  readonly #pens = new Map<string, Pen>();
  readonly #now: () => number;
  #last = 0;
  #most = Infinity;
  #aside: { types: ReadonlySet<EventType>; trace: Trace } | undefined;

  /** `now` gives lab time in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The array grows when it is asked for. */
  get events(): readonly TraceEvent[] {
    return this.#read();
  }

  /** How many events are kept. */
  get length(): number {
    return this.#events.length + this.#unread.length;
  }

  /** The number of the last event that was written; 0 before the first. */
  get last(): number {
    return this.#last;
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

  /** Keeps so many from now on, for a lab that runs for days: when there are more, a fifth is forgotten. */
  limit(most: number): void {
    this.#most = most;
  }

  /** Drops the oldest events; numbers go on, and what the lab is stays. */
  forget(count: number): void {
    const dropped = this.#events.splice(0, count);
    const kept = dropped.filter(({ type }) => stays(type));
    this.#events.unshift(...kept, ...this.#takeUnread(count - dropped.length, stays));
  }

  #read(): TraceEvent[] {
    if (this.#unread.length > 0) for (const event of this.#takeUnread(Infinity, () => true)) this.#events.push(event);
    return this.#events;
  }

  #takeUnread(count: number, wanted: (type: EventType) => boolean): TraceEvent[] {
    return this.#unread.take(count, this.#last - this.#unread.length + 1, wanted);
  }

  #write<T extends EventType>(by: string, type: T, data: EventMap[T]): void {
    if (this.#aside) {
      this.#aside.trace.#write(by, type, data);
      if (this.#aside.types.has(type)) return;
    }
    this.#last += 1;
    this.#unread.add(this.#now(), by, type, data);
    if (this.length > this.#most) this.forget(Math.ceil(this.#most / 5));
    if (this.#listeners.size > 0) this.#tell(this.#read().at(-1) as TraceEvent);
  }

  #tell(event: TraceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const stays = (type: EventType): boolean => type === 'lab.started';
