/** What the parts of one running proxy share, and the client's end of one connection. */
import type { Duplex } from 'node:stream';

import type { Activity } from '../activity.ts';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Outcome } from '../failure.ts';
import type { Pki } from '../net/certificates.ts';
import type { Connection } from '../net/connection.ts';
import type { Host, Net } from '../net/net.ts';
import type { HeaderList } from '../trace/events.ts';
import type { Pen } from '../trace/trace.ts';
import type { Exchange } from './exchange.ts';
import type { Authority } from './request.ts';
import type { Pool, Upstream } from './upstream.ts';

/** Who sits at an address, if the lab knows. */
export interface KnownClient {
  name: string;
  identity?: string | undefined;
}

/** A place of the story, a place of the real world, or none, and why. */
export type Destination =
  | { story: Authority }
  | { real: (host: Host) => Promise<Outcome<Connection>> }
  | { refused: string };

export interface ProxyTools {
  /** The proxy's own place in the story; `owner` is its name in the trace. */
  host: Host;
  port: number;
  net: Net;
  clock: Clock;
  activity: Activity;
  chance: Chance;
  pen: Pen;
  /** The proxy's resolver: addresses of a name, in the order to try. */
  resolve: (name: string) => Promise<Outcome<string[]>>;
  /** Certificates for interception and for TLS to the proxy. */
  pki: Pki;
  /** Where a request may really go, when programs outside the lab ask; as in the story unless given. */
  destination?: (to: Authority) => Destination;
  /** `part` is who dialled, where the lab knows: several clients may share a machine. */
  clientAt?: (ip: string, part: string | undefined) => KnownClient | undefined;
}

export interface ProxyContext extends ProxyTools {
  name: string;
  /** What the proxy calls itself in Via and Proxy-Status. */
  pseudonym: string;
  /** Adds Via to what it forwards. */
  via: boolean;
  /** User → password. */
  accounts: Readonly<Record<string, string>>;
  pool: Pool;
  /** The next proxy, when this one does not go to destinations itself. */
  upstream: Authority | undefined;
  /** Addresses and ranges that nobody may be led to. */
  prohibited: readonly string[];
  /** What schemes and behaviours remember as long as the proxy runs. */
  memory: Map<string, unknown>;
  /** What the trace has last kept: what comes again is not kept again. */
  kept: Kept;
  /** Ends all connections and listens again after `ms` of lab time. */
  restart: (ms: number, how: 'fin' | 'rst') => Promise<void>;
  /** Serves HTTP on a further stream. */
  enter: (leg: Leg) => void;
  /** Aborted when the proxy stops. */
  signal: AbortSignal;
}

/** One client connection, from its first byte to its end. */
export interface Leg {
  /** What HTTP runs on: the connection, or TLS over it. */
  stream: Duplex;
  connection: Connection;
  /** What schemes and behaviours remember between the requests of one connection. */
  memory: Map<string, unknown>;
  /** Set when HTTP runs inside an intercepted tunnel. */
  inside?: Inside;
}

export interface Kept {
  target: string;
  host: string;
  asked: HeaderList;
  answered: HeaderList;
}

export const nothingKept = (): Kept => ({ target: '', host: '', asked: [], answered: [] });

interface Inside {
  origin: Authority;
  serverName: string | null;
  dial: () => Promise<Outcome<Upstream>>;
  pool: Pool;
  /** Serves what comes instead of rules and forwarding. */
  serve?: (exchange: Exchange) => Promise<void>;
}
