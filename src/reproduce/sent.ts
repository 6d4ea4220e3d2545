/** What a customer sent, and what was made of it. */
import type { Finding } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Imported } from '../settings/imports.ts';

/** A file as it came. `open` may be called more than once. */
export interface SentFile {
  name: string;
  open: () => AsyncIterable<Uint8Array>;
  size?: number;
}

/** Something that stands in a file. */
export interface Statement {
  says: string;
  /** Where: `wpad.dat:7`, `capture.pcapng frame 12`. */
  at: string;
}

/** One text file, read and rewritten. `copy` is the name it has beside the scenario, never the customer's. */
export interface Piece {
  kind: string;
  /** As it is shown: without secrets. */
  name: string;
  copy: string;
  text: string;
  /** In the encoding it came in, since clients care. */
  bytes: Uint8Array;
  encoding: Encoding;
  settings: Imported | null;
}

export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin1' | 'cp850' | 'shift_jis';

export interface FileReport {
  name: string;
  kind: string;
  /** `frames`, `lines`; empty for whole texts. */
  parts: string;
  statements: Statement[];
}

/** Everything that was sent, read; with redaction there is no secret in it any more. */
export interface Gathered {
  pieces: readonly Piece[];
  /** Null when nothing was sent that shows what happened. */
  events: readonly TraceEvent[] | null;
  began: number | null;
  /** Of the events as they came. */
  findings: readonly Finding[];
  files: readonly FileReport[];
}
