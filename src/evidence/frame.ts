/** One frame of Ethernet as a filter sees it, without what came before. */
import { seenIn } from './filters/seen.ts';
import type { Seen } from './filters/seen.ts';
import { datagramIn } from './ip.ts';
import { ipIn } from './link.ts';
import { segmentIn } from './segment.ts';

const ethernet = 1;
const tcp = 6;

/** Null for a frame without an IP packet that can be read. */
export function frameIn(frame: Uint8Array): Seen | null {
  const ip = ipIn(ethernet, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  const datagram = ip ? datagramIn(ip, 0) : null;
  return datagram && seenIn(datagram, datagram.protocol === tcp ? segmentIn(datagram) : null);
}
