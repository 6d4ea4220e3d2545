/** What a client is made of and what it works with. */
import type { Activity } from '../activity.ts';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Resolver } from '../dns/index.ts';
import type { Pki } from '../net/certificates.ts';
import type { Host, Net } from '../net/net.ts';
import type { ClientSettings } from '../settings/index.ts';
import type { Pen } from '../trace/trace.ts';
import type { Dialect } from './dialect.ts';

export interface ClientInit {
  /** The name in the scenario. */
  name: string;
  dialect: Dialect;
  host: Host;
  /** What the machine finds when it asks for its own address, the primary one first. */
  ownAddresses: readonly string[];
  identity: string | null;
  settings: ClientSettings;
  /** Names of authorities whose certificates are trusted. */
  trust: readonly string[];
  /** Names of the client's own certificates; the first is offered when a server asks. */
  certificates: readonly string[];
  /** The machine's primary DNS suffix, or none. */
  suffix: string | null;
  /** Whether discovery walks up from the suffix, label by label. */
  devolution: boolean;
}

export interface ClientTools {
  net: Net;
  clock: Clock;
  activity: Activity;
  chance: Chance;
  resolver: Resolver;
  pki: Pki;
  /** The machine's time zone, an IANA name. */
  zone: string;
  pen: Pen;
}
