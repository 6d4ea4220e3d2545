/** A trace as NDJSON (one event a line), there and back. */
import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import { eventTypes } from './catalogue.ts';
import type { TraceEvent } from './events.ts';

export const toNdjson = (events: readonly TraceEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Reads what {@link toNdjson} wrote. Throws InputError naming every line that is no event. */
export function fromNdjson(text: string, file = 'trace.ndjson'): TraceEvent[] {
  const problems: Problem[] = [];
  const events: TraceEvent[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const event = parseEvent(line);
    if (typeof event === 'string')
      problems.push({ message: event, at: { file, line: index + 1, column: 1 }, source: line });
    else events.push(event);
  }
  if (problems.length > 0) throw new InputError(problems);
  return events;
}

function parseEvent(line: string): TraceEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `this line is not JSON: ${(error as Error).message}`;
  }
  const event = value as Partial<TraceEvent> | null;
  if (typeof event !== 'object' || event === null || typeof event.seq !== 'number' || typeof event.at !== 'number') {
    return 'this line is not an event: seq and at must be numbers';
  }
  if (typeof event.type !== 'string' || !(event.type in eventTypes))
    return `unknown event type '${String(event.type)}'`;
  return event as TraceEvent;
}
