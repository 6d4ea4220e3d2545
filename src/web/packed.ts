/** What a report file holds: a list of its runs, and each run packed by itself, so that opening one unpacks one. */
import type { RunRecord, RunSummary, Verdict } from '../run/record.ts';

/** As much of a run as the list of runs shows. */
export interface Listed {
  name: string;
  id: string;
  title: string;
  file: string;
  verdict: Verdict;
  tags: readonly string[];
  findings: readonly string[];
  labMs: number;
  wallMs: number;
  /** Bytes of its capture; 0 when the file holds none. */
  capture: number;
}

export interface Index {
  /** Of the program that wrote it. */
  version: 1;
  summary: RunSummary;
  runs: readonly Listed[];
  /** Captures that were left out to keep the file small. */
  left: number;
}

/** Which lines of its script a request ran. */
export interface Reached {
  /** Whose request it was: with both, one `pac.answered` of the trace. */
  client: string;
  request: number;
  seq: number;
  /** 1-based lines that ran; null when the script did not come out the same again. */
  lines: readonly number[] | null;
  /** The place of the return that decided. */
  decided: { line: number; column: number } | null;
}

/** A run without what its capture holds already: the bytes. `reached` is what no event tells of its proxy scripts. */
export type Packed = RunRecord & { reached: readonly Reached[] };

export const runElement = (index: number): string => `run-${index}`;
export const captureElement = (index: number): string => `capture-${index}`;
