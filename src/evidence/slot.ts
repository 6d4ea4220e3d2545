/** Places in the order of what was seen: an event is written later, when it is known whose it is, and stands here. */
export interface Slot {
  /** Milliseconds since 1970. */
  at: number;
  file: string;
  /** Of the packet, from 1; 0 when there is none. */
  frame: number;
  /** Among things of one time. */
  order: number;
}

/** The time of what is seen in a file without any packet. */
export const timeless = 0;

/** Gives out slots, each behind the one before. */
export class Slots {
  file = '';
  at = 0;
  frame = 0;
  #order = 0;

  next(): Slot {
    return { at: this.at, file: this.file, frame: this.frame, order: (this.#order += 1) };
  }
}

export const isBefore = (left: Slot, right: Slot): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

/** A place right before or behind another one, for what only follows from it. `nth` keeps several in order. */
export const beside = (slot: Slot, nth: number): Slot => ({ ...slot, order: slot.order + nth / 1000 });
