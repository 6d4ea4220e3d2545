/**
 * Events as they are kept until somebody reads them: a column for each field, and no object but the data. A proxy under
 * load writes nine for a tunnel; what the collector of garbage does with objects that live on is most of their cost.
 */
import type { EventMap, EventType, TraceEvent } from './events.ts';

export class Unread {
  readonly #at: number[] = [];
  readonly #by: string[] = [];
  readonly #types: EventType[] = [];
  readonly #data: EventMap[EventType][] = [];

  get length(): number {
    return this.#at.length;
  }

  add(at: number, by: string, type: EventType, data: EventMap[EventType]): void {
    this.#at.push(at);
    this.#by.push(by);
    this.#types.push(type);
    this.#data.push(data);
  }

  /** Takes out the oldest, `count` at most, and makes events of those `wanted`. `first` is the number of the first here. */
  take(count: number, first: number, wanted: (type: EventType) => boolean): TraceEvent[] {
    const at = this.#at.splice(0, count);
    const by = this.#by.splice(0, count);
    const types = this.#types.splice(0, count);
    const data = this.#data.splice(0, count);
    const events: TraceEvent[] = [];
    for (const [index, type] of types.entries()) {
      if (!wanted(type)) continue;
      events.push({ seq: first + index, at: at[index], by: by[index], type, data: data[index] } as TraceEvent);
    }
    return events;
  }
}
