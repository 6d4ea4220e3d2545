/** A step of a scenario: one verb with its options. What a step may do, it does through a {@link Stage}. */
import type { z } from 'zod';

import type { Clock } from '../clock.ts';
import type { SettingsSpec } from '../settings/index.ts';

/** What a client answers to a request. */
export interface Requested {
  route: string | null;
  status: number | null;
  error: { name: string; text: string } | null;
}

export interface RequestOptions {
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  /** `cloud` is the service's own traffic, `backend` what it does for a user, `system` what a browser does for itself. */
  leg?: 'cloud' | 'backend' | 'system' | undefined;
  /** The connection stays open after the answer, and one that was kept for the same place and route is used. */
  keep?: boolean | undefined;
  /** FIN follows the request, and the answer is still waited for. */
  halfClose?: boolean | undefined;
}

/** What a machine finds when it is carried into another network; what is not named stays. */
export interface NetworkChange {
  address?: string | undefined;
  suffix?: string | null | undefined;
  dns?: string | undefined;
  option252?: string | undefined;
}

export interface StageClient {
  request(url: string, options: RequestOptions): Promise<Requested>;
  /** Opens a tunnel to `host:port` and closes it; the route is chosen by a URL with this scheme. */
  tunnel(to: string, scheme?: string): Promise<Requested>;
  /** Runs the client's program from its first phase; reads its settings anew. */
  start(): Promise<void>;
  /** Its settings are others now; it reads them at its next start. */
  edit(settings: SettingsSpec): void;
  /** The machine is in another network, a real one when it says so. */
  network(change: NetworkChange): void | Promise<void>;
  /** A user asks for an application that the client's program publishes. */
  visit(visit: Visit): Promise<void>;
}

/** What a user asks; the way from the user to the service is simulated. */
export interface Visit {
  /** The application's internal address. */
  url: string;
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** Whether the user may use the application. */
  assigned: boolean;
}

/** What somebody does with a capture that he has taken on a machine. */
export interface CaptureLook {
  on: string;
  filter?: string | undefined;
  view?: string | undefined;
}

/** Each look is at a capture that was begun, or that has run since the lab was there. */
export interface Sniffers {
  begin(on: string): void;
  look(look: CaptureLook): Promise<void>;
}

export interface Stage {
  readonly clock: Clock;
  /** Where somebody can take a capture. */
  readonly sniffers?: Sniffers;
  client(name: string): StageClient;
  /** Changes one thing of the running lab; the loader has checked path and value. */
  change(path: string, value: unknown): void;
}

/** `verb` is the key in the file; `says` tells the step in words. */
export interface Step<S extends z.ZodType = z.ZodType> {
  verb: string;
  summary: string;
  options: S;
  /** Names of clients that the options mention, for the check of references. */
  clients?: (options: z.output<S>) => string[];
  /** The client needs a program that publishes applications. */
  publishes?: true;
  says: (options: z.output<S>) => string;
  run: (options: z.output<S>, stage: Stage) => Promise<void>;
}

/** Keeps the types of a step's schema and functions together. */
export const step = <S extends z.ZodType>(entry: Step<S>): Step<S> => entry;
