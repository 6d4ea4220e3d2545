/**
 * A program is what a client does by itself: phases, one after the other; some come again on the clock. It asks through
 * its own stack and through other callers of its machine, such as the certificate checks of Windows.
 */
import type { z } from 'zod';

import type { Entry } from '../registry.ts';
import type { Client } from './client.ts';

/** What a phase rests on: documented by its maker, read in source, or our inference. */
export type Basis = 'documented' | 'source' | 'inferred';

/** Another caller on the program's machine, with a stack and settings of its own. */
export interface Actor {
  /** Whose rules it follows; a name of `client/dialects`. */
  profile: string;
  /** Its account; null: the program's own. */
  identity: string | null;
  basis: Basis;
}

/** A failure ends the program, unless its phase says otherwise. */
export interface PhaseResult {
  ok: boolean;
  says: string;
}

/** What a program acts with. */
export interface Stage {
  /** The program's own stack. */
  readonly client: Client;
  /** One of the program's actors; a name that it does not have is a bug of ours. */
  actor(name: string): Client;
  /** What the phases before have come to, by phase: true when one has succeeded. */
  readonly done: ReadonlyMap<string, boolean>;
  /** Tells the version that runs, and the one that is offered. */
  tellVersion(installed: string, offered: string | null): void;
  /** Writes to the program's event log. */
  log(id: number, text: string): void;
}

export interface Phase<O> {
  name: string;
  basis: Basis;
  /** One sentence for readers, with what is not known. */
  summary: string;
  says: (options: O) => string;
  run: (stage: Stage, options: O) => Promise<PhaseResult>;
  /** The program goes on when it fails. */
  optional?: true;
  /** Milliseconds until it comes again; once unless given. */
  every?: (options: O) => number;
  /** Milliseconds after which it is tried again when it has failed, and what follows it with it; never unless given. */
  retry?: (options: O) => number;
}

/** What a user asks of the published application. The user's way to the service is simulated: no packet. */
export interface Visit {
  /** The application's internal address. */
  url: string;
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** Whether the user may use the application at all. */
  assigned: boolean;
}

/** The pages of the service; `timeout` is what a user sees when the application itself takes too long. */
export type Page = 'gateway-timeout' | 'bad-gateway' | 'forbidden' | 'timeout' | 'internal-server-error';

/** The page of the service in the application's place, or the application's own answer. */
export interface Served {
  page: Page | null;
  status: number | null;
  says: string;
}

/** What a program does for each request of a user, with what that rests on. */
export interface Serving<O> {
  name: string;
  basis: Basis;
  summary: string;
  serve: (stage: Stage, options: O, visit: Visit) => Promise<Served>;
}

export interface Program<
  S extends z.ZodObject<{ kind: z.ZodLiteral<string> }> = z.ZodObject<{ kind: z.ZodLiteral<string> }>,
> extends Entry {
  options: S;
  /** The account it runs as unless the scenario says otherwise. */
  identity: string;
  actors: Readonly<Record<string, Actor>>;
  /** All of them, in the order in which they run. */
  phases: readonly Phase<z.output<S>>[];
  /** Names of the phases that run. */
  chosen: (options: z.output<S>) => readonly string[];
  /** Carries requests of users, where the program publishes applications. */
  serving?: Serving<z.output<S>>;
  /** What no source establishes, and what we took. */
  open: Readonly<Record<string, string>>;
}

/** Keeps the types of a program's options and phases together. */
export const program = <S extends z.ZodObject<{ kind: z.ZodLiteral<string> }>>(entry: Program<S>): Program<S> => entry;
