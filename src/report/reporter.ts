/** The contract of a reporter: it sees records and a sink, never a stream, a file or the lab. */
import type { RunRecord, RunResult } from '../run/record.ts';

/** What the other side of a sink can show. */
export interface Screen {
  colour: boolean;
  /** Whether a line can be written over again: a terminal, and nobody's log. */
  interactive: boolean;
  columns: number;
}

export interface Sink {
  readonly screen: Screen;
  readonly write: (text: string) => void;
}

/** A report under way. Every part of it may be absent; whatever it throws is kept and said at the end. */
export interface Report {
  /** Before the first run. */
  start?: (plan: Plan) => void | Promise<void>;
  /** After each run, in the order of the suite. */
  run?: (record: RunRecord) => void | Promise<void>;
  /** After the last one, also when the suite was cut short. */
  end?: (result: RunResult) => void | Promise<void>;
}

export interface Plan {
  /** What will run, in this order. */
  runs: readonly Pick<RunRecord, 'id' | 'row'>[];
}

export interface Reporter {
  name: string;
  summary: string;
  /** It has a use for the bytes of runs, which are not kept otherwise. */
  bytes?: true;
  open: (sink: Sink) => Report;
}
