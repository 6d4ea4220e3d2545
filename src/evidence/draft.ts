/** Events before they have a number: where they were seen, and whose act they are. */
import type { EventMap, EventType, TraceEvent } from '../trace/events.ts';
import type { Slot } from './slot.ts';

export interface Draft {
  type: EventType;
  data: EventMap[EventType];
  by: string;
  slot: Slot;
  line?: number;
}

/** Writes an event at a place that was kept for it. */
export type Write = <T extends EventType>(slot: Slot, by: string, type: T, data: EventMap[T]) => void;

export const writerOf =
  (drafts: Draft[]): Write =>
  (slot, by, type, data) => {
    drafts.push({ slot, by, type, data });
  };

/** Puts drafts into the order of their times and numbers them. `began` is in milliseconds since 1970. */
export function numbered(drafts: readonly Draft[], began: number): TraceEvent[] {
  return drafts
    .toSorted((left, right) => left.slot.at - right.slot.at || left.slot.order - right.slot.order)
    .map(
      ({ type, data, by, slot, line }, index) =>
        // Type and data were written together.
        ({
          seq: index + 1,
          at: Math.max(0, Math.round((slot.at - began) * 1000) / 1000),
          by,
          type,
          data,
          ...(slot.file === '' ? {} : { file: slot.file }),
          ...(slot.frame === 0 ? {} : { frame: slot.frame }),
          ...(line === undefined ? {} : { line }),
        }) as TraceEvent,
    );
}
