/** What a diagnosis says. Made in `diagnosis/`, judged in `expect/`, printed in `report/`. */

/** `error`: something does not work. `warning`: it works, but not as meant. `info`: worth knowing. Worst first. */
export const severities = ['error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/**
 * How sure a finding is. Surest first.
 *
 * - `certain`: the trace shows the state itself. Alternatives, if any, are narrower causes of the same state.
 * - `likely`: the evidence fits, and fits the states named as alternatives too; this one is the most frequent.
 * - `possible`: the evidence fits, but the event that would show the state itself is missing.
 */
export const confidences = ['certain', 'likely', 'possible'] as const;
export type Confidence = (typeof confidences)[number];

/** Another cause that would leave the same evidence, and what would tell the two apart. */
export interface Alternative {
  id: string;
  tellApart: string;
}

export interface Finding {
  id: string;
  title: string;
  severity: Severity;
  confidence: Confidence;
  /** With the names and numbers of this trace. */
  why: string;
  fix: string;
  refutedIf: string;
  alternatives: Alternative[];
  /** Event numbers, never empty. */
  evidence: number[];
}
