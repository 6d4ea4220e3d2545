/** What a client is made of and what it works with. */
import type { Activity } from '../activity.ts';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Resolver } from '../dns/index.ts';
import type { CertificateDates, LeafFault, Pki } from '../net/certificates.ts';
import type { ContextOptions } from '../net/tls-context.ts';
import type { Host, Net } from '../net/net.ts';
import type { ClientSettings } from '../settings/index.ts';
import type { Pen } from '../trace/trace.ts';
import type { Credentials } from './auth/scheme.ts';
import type { DhcpSpec } from './dhcp.ts';
import type { Dialect } from './dialect.ts';

/** What a machine gets from the network it is in. */
export interface Network {
  /** Its address. */
  address: string;
  /** What the machine finds when it asks for its own address, the primary one first. */
  ownAddresses: readonly string[];
  /** The machine's primary DNS suffix, or none. */
  suffix: string | null;
  /** Address of the name server. */
  dns: string;
  dhcp: DhcpSpec;
}

/** TLS with destinations, where it is not the usual. */
export interface TlsHabits {
  minVersion?: ContextOptions['minVersion'] | undefined;
  maxVersion?: ContextOptions['maxVersion'] | undefined;
  /** Bytes that the ClientHello is longer by. */
  hello?: number | undefined;
  /** Host (a glob) → the authority that its chain must end at. */
  pins: Readonly<Record<string, string>>;
}

/** One that is always fresh, one with a fault, or one that was obtained once and ends some day. */
export type OwnCertificate = string | { name: string; fault: LeafFault } | { name: string; dates: CertificateDates };

export interface ClientInit {
  /** The name in the scenario. */
  readonly name: string;
  readonly dialect: Dialect;
  readonly identity: string | null;
  /** How its program calls the stack. */
  readonly calls: 'asynchronous' | 'synchronous';
  readonly settings: ClientSettings;
  /** What it answers with when a proxy asks who it is. */
  readonly credentials: Credentials | null;
  /** Names of authorities whose certificates are trusted. */
  readonly trust: readonly string[];
  readonly tls?: TlsHabits;
  /** Whether discovery walks up from the suffix, label by label. */
  readonly devolution: boolean;
  /** The machine's IPv6 address beside the one of `host`. */
  readonly ipv6?: string | undefined;
  /** The client's own certificates; the first is offered when a server asks. Registration brings another. */
  certificates: readonly OwnCertificate[];
  // These come from the network, and go with it.
  host: Host;
  ownAddresses: readonly string[];
  suffix: string | null;
  dhcp: DhcpSpec;
}

export interface ClientTools {
  net: Net;
  clock: Clock;
  activity: Activity;
  chance: Chance;
  /** The stub resolver of now. */
  resolver: () => Resolver;
  pki: Pki;
  /** The machine's time zone, an IANA name. */
  zone: string;
  pen: Pen;
}
