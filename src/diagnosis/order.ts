/** Which of several causes to mend first, as far as the programs' own log tells what each of them stops. */
import type { TraceEvent } from '../trace/events.ts';
import { kept } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

interface Failed {
  begun: number;
  ended: number;
  stops: number;
}

/** What a failed phase stops; the lower, the sooner it is to be mended. */
const everything = 0;
/** The connector works without its updater, and grows old. */
const updates = 1;
/** The same program went on to its next phase. */
const nothing = 2;

/** Phases on which a start hangs, one after the other; what comes back later, or for a user, leads to no other. */
const startUp = new Set(['sign-in', 'registration', 'bootstrap', 'certificates', 'signalling']);

const failedPhases = kept((view): readonly Failed[] => {
  const all = view.ofType('client.phase');
  return view.ofType('client.phase-finished').flatMap((finished): Failed[] => {
    const { client, phase, ok } = finished.data;
    const own = all.filter(({ data }) => data.client === client);
    const begun = own.findLast(({ seq, data }) => seq < finished.seq && data.phase === phase);
    if (ok || !begun) return [];
    const next = own.find(({ seq }) => seq > finished.seq);
    return [{ begun: begun.seq, ended: finished.seq, stops: stoppedBy(phase, next) }];
  });
});

function stoppedBy(phase: string, next: TraceEvent<'client.phase'> | undefined): number {
  if (/^poll(-again)?$/.test(phase)) return updates;
  const wentOn = next !== undefined && next.data.phase !== phase && startUp.has(next.data.phase);
  return wentOn && startUp.has(phase) ? nothing : everything;
}

/** The rank of what struck at this event. What no log speaks of counts as stopping everything. */
export const rankAt = (view: View, seq: number): number =>
  failedPhases(view).find(({ begun, ended }) => begun < seq && seq < ended)?.stops ?? everything;
