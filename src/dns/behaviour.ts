/** What a DNS misbehaviour is. One file each in `behaviours/`. */
import type { z } from 'zod';

import type { Entry } from '../registry.ts';
import type { Message } from './message.ts';
import type { Question } from './record.ts';
import type { Answer, Zone } from './zone.ts';

/** One question, and what a healthy server would make of it. */
export interface DnsContext {
  query: Message;
  question: Question;
  transport: 'udp' | 'tcp';
  zone: Zone;
  /** An answer with these sections, made for this query. */
  reply: (answer: Answer) => Message;
  healthy: () => Message;
}

/** What goes back: a message or bytes that are none, perhaps late (milliseconds of lab time); or nothing at all. */
export type DnsReply = { message: Message; after?: number } | { bytes: Uint8Array } | 'silence';

export interface DnsBehaviour<S extends Entry['options'] = Entry['options']> extends Entry {
  options: S;
  answer: (context: DnsContext, options: z.output<S>) => DnsReply;
  /** What it does, in words: `answers NXDOMAIN`. */
  explain: (options: z.output<S>) => string;
}

/** Infers the options, and hands the entry on as one that takes any: the schema has spoken before it is called. */
export const dnsBehaviour = <S extends Entry['options']>(behaviour: DnsBehaviour<S>): DnsBehaviour<S> => behaviour;
