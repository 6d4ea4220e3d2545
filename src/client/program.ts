/** A program is what a client does by itself: phases, one after the other; a phase that fails ends it. */
import type { z } from 'zod';

import type { Entry } from '../registry.ts';
import type { Client } from './client.ts';

/** What a phase rests on: documented by its maker, read in source, or our inference. */
export type Basis = 'documented' | 'source' | 'inferred';

export interface PhaseResult {
  ok: boolean;
  says: string;
}

export interface Phase<O> {
  name: string;
  basis: Basis;
  says: (options: O) => string;
  run: (client: Client, options: O) => Promise<PhaseResult>;
}

export interface Program<
  S extends z.ZodObject<{ kind: z.ZodLiteral<string> }> = z.ZodObject<{ kind: z.ZodLiteral<string> }>,
> extends Entry {
  options: S;
  phases: readonly Phase<z.output<S>>[];
}

/** Keeps the types of a program's options and phases together. */
export const program = <S extends z.ZodObject<{ kind: z.ZodLiteral<string> }>>(entry: Program<S>): Program<S> => entry;
