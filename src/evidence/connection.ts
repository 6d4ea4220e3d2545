/** What a capture shows of one TCP connection, or of the attempt to open one. Filled packet by packet. */
import type { CertificateView, HeaderList } from '../trace/events.ts';
import type { Slot } from './slot.ts';

export type Direction = 'up' | 'down';

export interface Connection {
  id: number;
  /** `10.20.0.10:49153`; the side that dialled, as far as that was seen. */
  from: string;
  to: string;
  fromIp: string;
  toIp: string;
  toPort: number;
  /** `midway`: it stood before the capture began. */
  state: 'silent' | 'refused' | 'prohibited' | 'opened' | 'midway';
  /** Every SYN of the side that dialled. */
  syns: Slot[];
  /** When it stood, was refused, or was first seen. */
  begun: Slot;
  ends: End[];
  /** In each direction, the bytes above TCP. */
  bytes: Record<Direction, number>;
  /** The first bytes the other way, where nothing was asked yet. */
  spokeFirst: Direction | null;
  exchanges: Exchange[];
  handshakes: Handshake[];
  socks: SocksTalk | null;
  /** The last packet with content in each direction. */
  lastData: Record<Direction, Slot | null>;
  last: Slot;
  /** Bytes that were on the wire and are not in the capture. */
  lost: number;
}

export interface End {
  dir: Direction;
  how: 'fin' | 'rst';
  slot: Slot;
}

/** A way through a proxy that its answer has opened: what is inside goes to host and port. */
export interface Tunnel {
  host: string;
  port: number;
  slot: Slot;
}

/** One HTTP request and its answer. */
export interface Exchange {
  tunnel: Tunnel | null;
  /** The TLS it was read out of. */
  secure: Handshake | null;
  method: string;
  target: string;
  headers: HeaderList;
  asked: Slot;
  answer: Answer | null;
  /** What came instead of an answer, when it is no HTTP. */
  malformed: { says: string; slot: Slot; alert: string | null } | null;
}

export interface Answer {
  status: number;
  reason: string;
  version: string;
  headers: HeaderList;
  /** Bytes behind the head, in one piece with its end. */
  behind: number;
  slot: Slot;
  /** Bytes of the body that passed; the first of them are kept. */
  length: number;
  kept: Buffer[];
  keptLength: number;
  /** It was asked for by a name that scripts have. */
  script: boolean;
  complete: boolean;
  /** The last packet of it. */
  done: Slot;
}

/** One TLS handshake. */
export interface Handshake {
  tunnel: Tunnel | null;
  hello: ClientHello | null;
  server: ServerHello | null;
  /** DER, the leaf first. */
  certificates: Buffer[];
  view: CertificateView | null;
  /** The signature or key of the leaf is one that clients refuse as weak. */
  weak: boolean;
  /** The server asked for a client certificate, and what the client showed. */
  wanted: boolean;
  shown: CertificateView | null;
  alert: { dir: Direction; name: string | null; slot: Slot; encrypted: boolean } | null;
  /** What came in place of TLS. */
  garbled: { dir: Direction; says: string; slot: Slot } | null;
  /** Where each side had said its last word of the handshake. */
  finished: Partial<Record<Direction, Slot>>;
  established: Slot | null;
  /** The client has sent something in it. */
  used: boolean;
  /** Where the client said that it sends nothing more (close_notify). */
  closing: Slot | null;
  begun: Slot;
  /** What was sent in the handshake last. */
  latest: Slot;
  /** It was read with keys. */
  opened: boolean;
}

export interface ClientHello {
  /** In hex: the name by which a key log knows the connection, and the same on both legs of a tunnel. */
  random: string;
  serverName: string | null;
  alpn: string[];
  versions: number[];
}

export interface ServerHello {
  random: string;
  version: number;
  cipher: number;
  alpn: string | null;
  slot: Slot;
}

export interface SocksTalk {
  version: 4 | 5;
  host: string;
  port: number;
  slot: Slot;
  /** The proxy's answer to the request; null when none was seen. */
  reply: { code: number; slot: Slot } | null;
}

/** A layer of protocol: takes the bytes of both directions in order. */
export interface Layer {
  data: (dir: Direction, bytes: Buffer) => void;
  /** Bytes that are not in the capture. */
  gap: (dir: Direction, length: number) => void;
  end: (dir: Direction) => void;
}
