import { viewOf } from '../trace/view.ts';
import type { TraceEvent } from '../trace/events.ts';

/**
 * The date of the pretend world at a lab time, both in milliseconds. A trace that does not tell when it began, began
 * in 1970.
 */
export function dateOf(events: readonly TraceEvent[], at: number): number {
  const [started] = viewOf(events).ofType('lab.started');
  return started ? Date.parse(started.data.date) - started.at + at : at;
}
