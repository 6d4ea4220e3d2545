/** Events as a file that `paclab diagnose` reads. */
import type { TraceEvent } from '../../trace/events.ts';

export const toNdjson = (events: readonly TraceEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
