/** The download that a client's script came from. */
import type { TraceEvent } from '../trace/events.ts';
import type { View } from '../trace/view.ts';

/** The script that was in use when its evaluation failed or answered. */
export const ownScript = (
  view: View,
  event: TraceEvent<'pac.failed' | 'pac.answered'>,
): TraceEvent<'pac.fetched'> | undefined =>
  view
    .ofType('pac.fetched')
    .findLast(({ seq, data }) => seq < event.seq && data.client === event.data.client && data.accepted);
