/** The network that every part of the lab stands on: the contract. `loopback.ts` keeps it with sockets of 127.0.0.1. */
import type { Outcome } from '../failure.ts';
import type { Endpoint } from './address.ts';
import type { Connection } from './connection.ts';

/** Who sends: the name in the scenario and the address. `owner` is the part's name in the trace (`proxy:edge`). */
export interface Host {
  name: string;
  owner: string;
  ip: string;
}

/**
 * When a client's TCP stack sends SYN again, in milliseconds after the first, and when it gives up.
 * Windows: 3 s initial RTO, doubled, two retransmissions, gives up at 21 s. Linux: 1 s, six, 127 s.
 *
 * Windows takes RST for no last word either (Microsoft KB 175523): it sends SYN again as often, half a second apart.
 */
export interface SynSchedule {
  retransmitAt: readonly number[];
  giveUpAt: number;
  /** The same where each SYN is answered with RST. */
  afterRst: readonly number[];
}

export const synSchedules = {
  windows: { retransmitAt: [3_000, 9_000], giveUpAt: 21_000, afterRst: [500, 1_000] },
  linux: { retransmitAt: [1_000, 3_000, 7_000, 15_000, 31_000, 63_000], giveUpAt: 127_000, afterRst: [] },
} as const satisfies Record<string, SynSchedule>;

export interface DialOptions {
  syn?: SynSchedule;
  /** A limit shorter than the schedule's own, in milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}

export interface Listener extends AsyncDisposable {
  /** The story's address. */
  readonly at: Endpoint;
  /** Where a program outside the lab can reach it. */
  readonly real: { host: string; port: number };
}

export type Receive = (bytes: Buffer, from: string) => void;

export interface DatagramSocket extends Disposable {
  /** The story's address of this socket. */
  readonly local: string;
  /** Where a program outside the lab can reach it. */
  readonly real: { host: string; port: number };
  send(bytes: Uint8Array, to: string): void;
}

/** A real address and port of this machine. */
export interface Place {
  host: string;
  /** 0 takes any free one. */
  port: number;
}

/** Where programs outside the lab come in. */
export interface Entrance extends AsyncDisposable {
  readonly real: Place;
  /** Whether the machine still lets programs in here; leaves no event. */
  probe(): Promise<boolean>;
}

/** Which address of the story a stranger wants, by its first bytes; `more` while they do not say. */
export type Choose = (bytes: Buffer, more: boolean) => Endpoint | 'more';

export interface EntranceOptions {
  /** The story's address of a stranger; its own unless given. */
  guise?: (ip: string) => string;
}

export interface DatagramEntranceOptions extends EntranceOptions {
  /** What becomes of an answer on its way out; the trace keeps it as it was. */
  translate?: (bytes: Uint8Array) => Uint8Array;
}

export interface Net extends AsyncDisposable {
  /** Listens on a story address. Throws LabError when it is taken. */
  listen(host: Host, port: number, accept: (connection: Connection) => void): Promise<Listener>;
  /** Dials a story address. Refusals and silence are outcomes. */
  dial(host: Host, to: Endpoint, options?: DialOptions): Promise<Outcome<Connection>>;
  /**
   * A UDP socket; port 0 takes a fresh ephemeral port of the story. `from` is the sender's story address.
   */
  datagrams(host: Host, port: number, receive: Receive): Promise<DatagramSocket>;
  /** Resolves when nothing is under way. At once on a real clock, where other programs may be. */
  settled(): Promise<void>;
}

/** A network that programs outside the lab can be let into. */
export interface Entrances {
  /**
   * Lets programs outside the lab in at a real place: to one address of the story, or to the one that their first bytes
   * name. Throws LabError when the place is taken or not permitted.
   */
  open(at: Place, to: Endpoint | Choose, options?: EntranceOptions): Promise<Entrance>;
  /** Dials a real place, by name or address; refuses when the name leads to an address that is banned. */
  leave(host: Host, to: Place, isBanned: (ip: string) => boolean): Promise<Outcome<Connection>>;
  /** The same for datagrams to one address of the story. */
  openDatagrams(at: Place, to: Endpoint, options?: DatagramEntranceOptions): Promise<Entrance>;
}
