/** What a misbehaviour of an HTTP host is. One file each in `behaviours/`: a request and its healthy answer → what is sent. */
import type { z } from 'zod';

import type { Entry } from '../registry.ts';
import type { HeaderList } from '../trace/events.ts';

/** A response before it is framed: Date, Content-Length and Connection are the sender's. */
export interface Reply {
  status: number;
  /** The usual words of the status unless given. */
  reason?: string | undefined;
  headers: HeaderList;
  body: Buffer;
}

export interface HostRequest {
  method: string;
  /** As it came on the wire. */
  target: string;
  headers: HeaderList;
  /** Address of the client in the story. */
  client: string;
  /** Read where it is a request for a responder of OCSP; any other is dropped. */
  body?: Buffer | undefined;
}

export interface HostContext {
  request: HostRequest;
  healthy: Reply;
  /** The host's name, the lab's date in milliseconds since 1970, and what stays with this connection. */
  host: string;
  date: number;
  memory: Map<string, unknown>;
  /** The number of the connection. */
  conn: number;
}

/** What goes back. Times are lab time in milliseconds. */
export type Said =
  | {
      reply: Reply;
      /** How late the head is. */
      after?: number;
      /** How fast the body is; at once unless given. */
      bytesPerSecond?: number;
      /** FIN after this many bytes of the body, whatever the head has promised. */
      cutAfter?: number;
    }
  /** Something that is no HTTP, then FIN. */
  | { bytes: Uint8Array }
  /** FIN, RST, or nothing at all. */
  | 'close'
  | 'reset'
  | 'silence';

export interface HostBehaviour<S extends Entry['options'] = Entry['options']> extends Entry {
  options: S;
  answer: (context: HostContext, options: z.output<S>) => Said;
  /** What it does, in words: `answers 503`. */
  explain: (options: z.output<S>) => string;
}

/** Infers the options, and hands the entry on as one that takes any: the schema has spoken before it is called. */
export const hostBehaviour = <S extends Entry['options']>(behaviour: HostBehaviour<S>): HostBehaviour<S> => behaviour;

/** A header field in the place of any of the same name. */
export const withHeader = (headers: HeaderList, name: string, value: string): HeaderList => [
  ...headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase()),
  [name, value],
];
