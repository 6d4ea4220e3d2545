/**
 * `m` of an expectation over events: a type (`proxy.challenged`), or a type with what its fields must be
 * (`{ dns.query: { name: wpad.corp.example } }`). Header fields go by name: `headers: { host: … }`.
 */
import { z } from 'zod';

import { matcher } from '../matcher.ts';
import type { Matcher } from '../matcher.ts';
import { eventTypes } from '../trace/catalogue.ts';
import type { EventType, HeaderList, TraceEvent } from '../trace/events.ts';
import { eventFields } from '../trace/fields.ts';
import type { Fields } from '../trace/fields.ts';
import { header } from '../trace/view.ts';
import { criterion, fitting, sayTicks, sayWanted } from './criteria.ts';
import type { Criterion } from './criteria.ts';

const types = Object.keys(eventTypes) as [EventType, ...EventType[]];

export const eventType = z.enum(types);

/** Fields wanted of an event, nested as the event is. */
interface Wanted {
  [field: string]: Matcher | Wanted | undefined;
}

export interface EventMatcher {
  type: EventType;
  fields: Wanted;
}

const withFields = z
  .strictObject(
    Object.fromEntries(
      types.map((type) => [type, fieldsSchema(eventFields[type]).optional().describe(eventTypes[type])]),
    ),
  )
  .refine((wanted) => Object.keys(wanted).length === 1, 'one event type at a time');

export const eventMatcher: z.ZodType<EventMatcher> = z.union([eventType, withFields]).transform((wanted) => {
  if (typeof wanted === 'string') return { type: wanted, fields: {} };
  const [[type, fields] = ['lab.started', {}]] = Object.entries(wanted);
  return { type: type as EventType, fields: fields as Wanted };
});

/** The judgement on one event of the right type: every wanted field. */
export const criteriaOf = ({ type, fields }: EventMatcher, { data }: TraceEvent): Criterion[] =>
  compare(fields, eventFields[type], data, '');

export const matchesEvent = (wanted: EventMatcher, event: TraceEvent): boolean =>
  event.type === wanted.type && criteriaOf(wanted, event).every(({ passed }) => passed);

/** `dns.query (name "wpad.corp.example")`. */
export function sayEvent({ type, fields }: EventMatcher): string {
  const wanted = sayWanted(compare(fields, eventFields[type], {}, ''));
  return wanted === '' ? type : `${type} (${wanted})`;
}

/** The event of the type that fits best, the later of equals, with its ticks; undefined when there is none. */
export function closest(
  wanted: EventMatcher,
  events: readonly TraceEvent[],
): { seq: number; says: string } | undefined {
  let best: { seq: number; criteria: Criterion[] } | undefined;
  for (const event of events) {
    if (event.type !== wanted.type) continue;
    const criteria = criteriaOf(wanted, event);
    if (!best || fitting(criteria) >= fitting(best.criteria)) best = { seq: event.seq, criteria };
  }
  return best && { seq: best.seq, says: `closest: event ${best.seq} ${wanted.type}: ${sayTicks(best.criteria)}` };
}

function fieldsSchema(fields: Fields): z.ZodType {
  const entries = Object.entries(fields).map(([field, kind]) => [field, fieldSchema(kind).optional()]);
  return z.strictObject(Object.fromEntries(entries) as Record<string, z.ZodType>);
}

function fieldSchema(kind: Fields[string]): z.ZodType {
  if (kind === 'value') return matcher;
  if (kind === 'headers') return z.record(z.string(), matcher);
  return z.union([z.null(), fieldsSchema(kind)]);
}

function compare(wanted: Wanted, fields: Fields, data: Record<string, unknown>, path: string): Criterion[] {
  return Object.entries(wanted).flatMap(([field, value]): Criterion[] => {
    const kind = fields[field];
    const name = `${path}${field}`;
    const actual = data[field];
    if (value === undefined || kind === undefined) return [];
    if (kind === 'value' || value === null) return [criterion(name, value as Matcher, actual)];
    if (kind === 'headers') {
      return Object.entries(value as Record<string, Matcher>).map(([key, one]) =>
        criterion(`${name}.${key}`, one, header((actual ?? []) as HeaderList, key) ?? null),
      );
    }
    return compare(value as Wanted, kind, (actual ?? {}) as Record<string, unknown>, `${name}.`);
  });
}
