import { z } from 'zod';

import { matcher, matchesValue, sayMatcher } from '../../matcher.ts';
import type { Matcher } from '../../matcher.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { closest, eventMatcher, matchesEvent, sayEvent } from '../event-matcher.ts';
import type { EventMatcher } from '../event-matcher.ts';
import { scenarioExpectation } from '../expectation.ts';
import type { Judged } from '../expectation.ts';

type Events = readonly TraceEvent[];

export const eventsExpectation = scenarioExpectation({
  key: 'events',
  summary: 'What must, and what must not, be in the trace.',
  schema: z.strictObject({
    order: z.array(eventMatcher).optional().describe('these occur in this order; others may lie between them'),
    any: z.array(eventMatcher).optional().describe('each of these occurs, wherever'),
    never: z.array(eventMatcher).optional().describe('none of these occurs'),
    count: z
      .array(z.strictObject({ event: eventMatcher, times: matcher.describe('how often') }))
      .optional()
      .describe('how often something occurs'),
  }),
  judge: ({ order, any, never, count }, { events }) => [
    ...(order ? [judgeOrder(order, events)] : []),
    ...(any ?? []).map((wanted, index) => ({ ...judgeAny(wanted, events), path: ['any', index] })),
    ...(never ?? []).map((wanted, index) => ({ ...judgeNever(wanted, events), path: ['never', index] })),
    ...(count ?? []).map(({ event, times }, index) => ({
      ...judgeCount(event, times, events),
      path: ['count', index],
    })),
  ],
});

/** The earliest match for each is the best: a later one can only leave less room for the rest. */
function judgeOrder(order: readonly EventMatcher[], events: Events): Judged {
  const path = ['order'];
  const expected = `in this order: ${order.map(sayEvent).join(', ')}`;
  const evidence: number[] = [];
  let from = 0;
  for (const [index, wanted] of order.entries()) {
    const rest = events.slice(from);
    const at = rest.findIndex((event) => matchesEvent(wanted, event));
    if (at < 0) {
      const came = `${index} of ${order.length} came${index > 0 ? ` (events ${evidence.join(', ')})` : ''}`;
      const actual = `${came}; ${missing(wanted, events, evidence.at(-1))}`;
      return { passed: false, expected, actual, evidence: [...evidence, ...nearby(wanted, rest, events)], path };
    }
    evidence.push(rest[at]?.seq ?? 0);
    from += at + 1;
  }
  return { passed: true, expected, actual: `events ${evidence.join(', ')}`, evidence, path };
}

function judgeAny(wanted: EventMatcher, events: Events): Judged {
  const found = events.find((event) => matchesEvent(wanted, event));
  const expected = sayEvent(wanted);
  if (found) return { passed: true, expected, actual: `event ${found.seq}`, evidence: [found.seq] };
  return { passed: false, expected, actual: missing(wanted, events), evidence: nearby(wanted, events) };
}

function judgeNever(wanted: EventMatcher, events: Events): Judged {
  const found = events.filter((event) => matchesEvent(wanted, event)).map(({ seq }) => seq);
  const actual = found.length === 0 ? 'it never came' : `it came as event ${found.join(', ')}`;
  return { passed: found.length === 0, expected: `never ${sayEvent(wanted)}`, actual, evidence: found };
}

function judgeCount(wanted: EventMatcher, times: Matcher, events: Events): Judged {
  const found = events.filter((event) => matchesEvent(wanted, event)).map(({ seq }) => seq);
  const passed = matchesValue(times, found.length);
  const where = found.length > 0 ? `: events ${found.join(', ')}` : '';
  return {
    passed,
    expected: `${sayMatcher(times)} times ${sayEvent(wanted)}`,
    actual: `${found.length} times${where}${passed || found.length > 0 ? '' : `; ${missing(wanted, events)}`}`,
    evidence: found.length > 0 ? found : nearby(wanted, events),
  };
}

/** Why an event is not there: too early, nearly, or not at all. */
function missing(wanted: EventMatcher, events: Events, after = 0): string {
  const early = after > 0 && events.find((event) => event.seq <= after && matchesEvent(wanted, event));
  if (early) return `${sayEvent(wanted)} came as event ${early.seq}, not after event ${after}`;
  const later = after > 0 ? ` after event ${after}` : '';
  const near =
    closest(
      wanted,
      events.filter(({ seq }) => seq > after),
    ) ?? closest(wanted, events);
  return near ? `no ${sayEvent(wanted)}${later}; ${near.says}` : `no ${wanted.type} in the trace`;
}

/** The closest event: of the first list that has any of the type. */
function nearby(wanted: EventMatcher, ...lists: Events[]): number[] {
  for (const events of lists) {
    const near = closest(wanted, events);
    if (near) return [near.seq];
  }
  return [];
}
