/** What the two sides of a TLS connection have said so far. */
import type { Handshake, Tunnel } from '../connection.ts';
import type { Slot } from '../slot.ts';
import type { Opener } from './ciphers.ts';

export const records = { change: 20, alert: 21, handshake: 22, data: 23 } as const;
const longestRecord = 16_384 + 2048;

export const isRecord = (buffer: Buffer, length: number): boolean => {
  const type = buffer[0] ?? 0;
  return type >= records.change && type <= 24 && buffer[1] === 3 && length <= longestRecord;
};

export interface Side {
  buffer: Buffer;
  /** Bytes of a record that nobody can open: passed over as they come. */
  passing: number;
  message: Buffer;
  sealed: boolean;
  opener: (Opener & { next?: () => Opener }) | undefined;
  lost: boolean;
}

export const newSide = (): Side => ({
  buffer: Buffer.alloc(0),
  passing: 0,
  message: Buffer.alloc(0),
  sealed: false,
  opener: undefined,
  lost: false,
});

export const newHandshake = (tunnel: Tunnel | null, slot: Slot): Handshake => ({
  tunnel,
  hello: null,
  server: null,
  certificates: [],
  view: null,
  weak: false,
  wanted: false,
  shown: null,
  alert: null,
  closing: null,
  garbled: null,
  finished: {},
  established: null,
  used: false,
  begun: slot,
  latest: slot,
  opened: false,
});
