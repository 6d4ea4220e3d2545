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

/** A run without what its capture holds already: the bytes. */
export type Packed = RunRecord;

export const runElement = (index: number): string => `run-${index}`;
export const captureElement = (index: number): string => `capture-${index}`;
