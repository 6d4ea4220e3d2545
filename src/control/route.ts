/** The contract of a route of the control API. */
import type { z } from 'zod';

import type { TraceEvent } from '../trace/events.ts';
import type { Live } from './live.ts';

/** What goes back: a value as JSON, a text or bytes, or events as they happen. */
export type Answer =
  | { json: unknown; status?: number }
  | { content: string | Uint8Array; type: string; name?: string }
  | { events: EventStream };

export interface EventStream {
  /** Those with higher numbers. */
  after: number;
  follow: boolean;
  wanted: (event: TraceEvent) => boolean;
}

export interface Asked {
  live: Live;
  /** The parts of the path in braces, decoded. */
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** What the schema made of it; undefined for a route without. */
  body: unknown;
  /** A browser's EventSource says where it was cut off. */
  lastEventId: string | undefined;
}

export interface Route {
  method: 'GET' | 'PUT' | 'POST';
  /** `/v1/settings/{path}`; one part each. */
  path: string;
  /** Its name in the OpenAPI document. */
  id: string;
  summary: string;
  query?: Readonly<Record<string, { description: string; schema: object }>>;
  body?: z.ZodType;
  /** Of what goes back when all is well. */
  answer: { description: string; types: readonly string[]; schema?: z.ZodType };
  /** Throws InputError for what cannot be used. */
  serve: (asked: Asked) => Answer | Promise<Answer>;
}
