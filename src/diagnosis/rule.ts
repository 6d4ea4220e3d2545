/**
 * A rule knows one cause and the evidence that sets it apart. It reads a view of events without `lab.*` and `step.*`:
 * what a support engineer could have collected, not what the lab was told to do.
 *
 * Cause over symptom: a match names in `explains` the events that are its consequences. A match of another rule whose
 * whole evidence is explained that way is dropped, so rules do not have to know each other's ids.
 */
import type { Alternative, Confidence, Severity } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { View } from '../trace/view.ts';

/** Evidence without which the rule cannot fire; `says` completes "there is …". Also the answer to "why not?". */
export interface Need {
  says: string;
  seen: (view: View) => readonly TraceEvent[];
}

export interface Rule {
  /** The id of the catalogue, of the scenario, and of the file. */
  id: string;
  /** One line, as a headline. */
  title: string;
  severity: Severity;
  /** What this state is and what it does to the client. */
  summary: string;
  /** How to confirm it with the tools at hand, the capture filter included. */
  confirm: string;
  /** Which file, element, host and port, or registry value to change. */
  fix: string;
  /** What would prove the finding wrong. */
  refutedIf: string;
  alternatives: readonly Alternative[];
  needs: readonly Need[];
  /** Asked only when every need is met. */
  find: (view: View) => readonly Match[];
}

/** One occurrence. Occurrences of a rule that are `about` the same thing become one finding. */
export interface Match {
  confidence: Confidence;
  /** A sentence with the names and numbers of this trace. */
  why: string;
  evidence: readonly number[];
  /** Events that are consequences of this cause. */
  explains?: readonly number[];
  /** The proxy, host or setting it is about. */
  about?: string;
  /** These replace the rule's own, where the trace allows to be more exact. */
  severity?: Severity;
  fix?: string;
  alternatives?: readonly Alternative[];
}

/** Keeps a rule's literal types together and its mistakes at their place. */
export const rule = (rule: Rule): Rule => rule;
