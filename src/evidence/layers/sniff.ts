/** Which protocol a connection, a tunnel or an opened TLS carries: told by its first bytes, never by a port. */
import type { Allowance } from '../allowance.ts';
import type { Connection, Direction, Handshake, Layer, Tunnel } from '../connection.ts';
import type { Notes } from '../notes.ts';
import type { Slots } from '../slot.ts';
import type { Lookups } from '../lookups.ts';
import { DnsLayer } from './dns.ts';
import { behindEarly } from './early.ts';
import { beginsLikeAnswer, beginsLikeRequest } from './http-head.ts';
import { HttpLayer } from './http.ts';
import type { KeyLog } from './keys.ts';
import type { Moments } from './moments.ts';
import { SocksLayer } from './socks.ts';
import { TlsLayer } from './tls.ts';

export interface Surroundings {
  connection: Connection;
  slots: Slots;
  notes: Notes;
  keys: KeyLog;
  lookups: Lookups;
  moments: Moments;
  allowance: Allowance;
  /** Inside a tunnel of a proxy. */
  tunnel: Tunnel | null;
  /** Inside a TLS that was opened. */
  secure: Handshake | null;
}

/** Enough to tell. */
const enough = 8;

/** So many bytes wait for the client. */
const mostHeld = 4096;

/** What is neither of these is counted and left alone. */
const opaque: Layer = { data: () => undefined, gap: () => undefined, end: () => undefined };

export function sniff(around: Surroundings): Layer {
  const { connection, tunnel, secure } = around;
  if (connection.toPort === dnsPort && tunnel === null && secure === null) return new DnsLayer(around);
  return listening(around);
}

const dnsPort = 53;
const handshakeRecord = 0x16;

function listening(around: Surroundings): Layer {
  let layer: Layer | null = null;
  let held: Piece[] = [];
  const settle = (dir: Direction): void => {
    const bytes = bytesOf(held, dir);
    if (bytes.length < enough && !isShort(dir, bytes)) return;
    const found = layerFor(dir, bytes, around);
    // What comes first out of a tunnel may be no word of the destination; the client's own tells what it speaks.
    if (found === opaque && dir === 'down' && around.tunnel && bytes.length < mostHeld) return;
    const waiting = held;
    held = [];
    const early = found instanceof TlsLayer && dir === 'up' ? bytesOf(waiting, 'down') : Buffer.alloc(0);
    if (early.length > 0 && early[0] !== handshakeRecord) {
      layer = behindEarly(found, early, bytes);
      return;
    }
    layer = found;
    for (const one of waiting) layer.data(one.dir, one.bytes);
  };
  return {
    data(dir, bytes) {
      if (layer) {
        layer.data(dir, bytes);
        return;
      }
      held.push({ dir, bytes: Buffer.from(bytes) });
      settle(dir);
    },
    gap(dir, length) {
      layer ??= layerFor(dir, Buffer.alloc(0), around);
      layer.gap(dir, length);
    },
    end(dir) {
      if (!layer && held.length > 0) {
        layer = opaque;
        held = [];
      }
      layer?.end(dir);
    },
  };
}

interface Piece {
  dir: Direction;
  bytes: Buffer;
}

const bytesOf = (pieces: readonly Piece[], dir: Direction): Buffer =>
  Buffer.concat(pieces.flatMap((one) => (one.dir === dir ? [one.bytes] : [])));

/** A SOCKS greeting and a TLS alert are shorter than anything else. */
const isShort = (dir: Direction, bytes: Buffer): boolean =>
  (dir === 'up' && bytes[0] === 5 && bytes.length >= 3) || (bytes[0] === 0x15 && bytes.length >= 7);

function layerFor(dir: Direction, bytes: Buffer, around: Surroundings): Layer {
  const [first = 0, second = 0] = bytes;
  if (first >= 0x14 && first <= 0x17 && second === 3) return new TlsLayer(around);
  if (dir === 'up' && beginsLikeRequest(bytes)) return new HttpLayer(around);
  if (dir === 'down' && beginsLikeAnswer(bytes)) return new HttpLayer(around);
  const inside = around.tunnel !== null || around.secure !== null;
  if (dir === 'up' && !inside && isSocks(first, second, bytes.length)) return new SocksLayer(around);
  if (bytes.toString('latin1', 0, 5) === 'PRI *') around.notes.add('HTTP/2, which is not read');
  return opaque;
}

const isSocks = (first: number, second: number, length: number): boolean =>
  (first === 5 && second > 0 && length >= 2 + second) || (first === 4 && (second === 1 || second === 2) && length >= 8);
