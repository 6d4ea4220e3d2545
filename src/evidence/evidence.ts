/**
 * What customers send, read as events: captures, logs and traces. A capture is one viewpoint, so two kinds of events
 * come of it: what stands on the wire, and what a client must have been doing to bring that about (`client.*`,
 * `pac.*`, `discovery.*`). The second kind says no more than the first: the route of a connection, how it ended, never
 * why a client chose it.
 */
import type { TraceEvent } from '../trace/events.ts';

/** A file to read. `open` may be called more than once; a piece need not last longer than until the next is asked for. */
export interface EvidenceFile {
  name: string;
  open: () => AsyncIterable<Uint8Array>;
  /** Bytes in all, for the progress; undefined when nobody knows. */
  size?: number;
}

/** Something worth saying about a file that is neither an event nor a mistake. */
export interface Note {
  file: string;
  says: string;
  /** How often it was seen, and where first. */
  count: number;
  frame?: number;
}

export interface Summary {
  file: string;
  /** The word of its format. */
  format: string;
  /** What the format calls its parts: frames, lines, entries, events. */
  unit: string;
  count: number;
}

export interface Evidence {
  events: readonly TraceEvent[];
  files: readonly Summary[];
  notes: readonly Note[];
  /** When the first event happened, in milliseconds since 1970; null when no file tells. */
  began: number | null;
}

export interface ReadOptions {
  /** `host:port` of proxies that are known: their traffic is told even where no request was seen. */
  proxies?: readonly string[];
  /** What somebody typed into a tool to look at the packets: a display filter of Wireshark or Message Analyzer. */
  filter?: string;
  /** Called now and then. */
  progress?: (done: Progress) => void;
}

export interface Progress {
  file: string;
  bytes: number;
  size: number | undefined;
}
