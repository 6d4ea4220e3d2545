/** TCP headers (RFC 9293 3.1). */
import { placeOf } from './ip.ts';
import type { Datagram } from './ip.ts';

export interface Segment {
  from: string;
  to: string;
  fromIp: string;
  toIp: string;
  fromPort: number;
  toPort: number;
  seq: number;
  ack: number;
  syn: boolean;
  acks: boolean;
  fin: boolean;
  rst: boolean;
  payload: Buffer;
  /** Bytes that were on the wire and are not here. */
  missing: number;
}

export function segmentIn({ from, to, payload: bytes, missing }: Datagram): Segment | null {
  if (bytes.length < 20) return null;
  const header = ((bytes[12] ?? 0) >> 4) * 4;
  if (header < 20) return null;
  const bits = bytes[13] ?? 0;
  const fromPort = bytes.readUInt16BE(0);
  const toPort = bytes.readUInt16BE(2);
  // Options may be cut off with the rest.
  const payload = bytes.subarray(Math.min(header, bytes.length));
  return {
    from: placeOf(from, fromPort),
    to: placeOf(to, toPort),
    fromIp: from,
    toIp: to,
    fromPort,
    toPort,
    seq: bytes.readInt32BE(4),
    ack: bytes.readInt32BE(8),
    syn: (bits & 2) !== 0,
    acks: (bits & 16) !== 0,
    fin: (bits & 1) !== 0,
    rst: (bits & 4) !== 0,
    payload,
    missing: Math.max(0, missing - Math.max(0, header - bytes.length)),
  };
}
