/** The contract of a file format: how its beginning is known, and what to do with the rest. */
import type { TraceEvent } from '../trace/events.ts';
import type { Capture } from './capture.ts';
import type { Draft } from './draft.ts';
import type { Source } from './source.ts';

export interface Format {
  /** The word for it: `pcapng`. */
  name: string;
  summary: string;
  /** What its parts are called: `frames`. */
  unit: string;
  /** By the first bytes of a file, up to 64 KiB of them; never by its name. */
  fits: (head: Buffer) => boolean;
  /** Gives the number of its parts. Throws InputError where the file does not hold what it says. */
  read: (source: Source, into: Reading) => Promise<number>;
}

/** Where formats put what they find. */
export interface Reading {
  /** Packets and secrets go here, and are understood at the end, all together. */
  capture: Capture;
  /** Events that are complete by themselves. */
  drafts: Draft[];
  /** Whole traces of ours. */
  traces: TraceEvent[][];
}
