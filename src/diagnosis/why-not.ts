/** Why a diagnosis was not made: which of the evidence it needs is in the trace, and which is missing. */
import type { TraceEvent } from '../trace/events.ts';
import { seqs } from '../trace/view.ts';
import { diagnose, evidenceIn } from './diagnose.ts';
import type { Rule } from './rule.ts';

export interface WhyNot {
  /** The diagnosis was made. */
  found: boolean;
  /** The rule matched, but another cause explains all of its evidence. */
  explained: boolean;
  needs: { says: string; evidence: number[] }[];
}

export function whyNot(events: readonly TraceEvent[], rule: Rule): WhyNot {
  const view = evidenceIn(events);
  const found = diagnose(events).some(({ id }) => id === rule.id);
  return {
    found,
    explained: !found && diagnose(events, [rule]).length > 0,
    needs: rule.needs.map(({ says, seen }) => ({ says, evidence: seqs(seen(view)) })),
  };
}
