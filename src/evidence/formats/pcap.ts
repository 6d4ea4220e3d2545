/** The classic capture file (draft-ietf-opsawg-pcap): either byte order, micro- or nanoseconds. */
import type { Format } from '../format.ts';
import { longestPacket } from '../packet.ts';
import type { Sink } from '../packet.ts';
import type { Source } from '../source.ts';

interface Layout {
  little: boolean;
  /** Fractions of a second in a unit of its time. */
  perSecond: number;
  /** Bytes between two packet headers that some old systems add. */
  headerLength: number;
}

const layouts: Readonly<Record<string, Layout>> = {
  d4c3b2a1: { little: true, perSecond: 1e6, headerLength: 16 },
  a1b2c3d4: { little: false, perSecond: 1e6, headerLength: 16 },
  '4d3cb2a1': { little: true, perSecond: 1e9, headerLength: 16 },
  a1b23c4d: { little: false, perSecond: 1e9, headerLength: 16 },
  // Kuznetzov's variant of Linux distributions of old.
  '34cdb2a1': { little: true, perSecond: 1e6, headerLength: 24 },
  a1b2cd34: { little: false, perSecond: 1e6, headerLength: 24 },
};

const isPcap = (head: Buffer): boolean => head.subarray(0, 4).toString('hex') in layouts;

/** Reads to the end; gives the number of frames. Throws InputError where the file does not hold what it says. */
async function readPcap(source: Source, sink: Sink): Promise<number> {
  const head = await source.need(24, 'the header of the file');
  const layout = layouts[head.subarray(0, 4).toString('hex')];
  if (!layout) throw source.broken('this is no pcap file', 0);
  sink.about({ format: 'pcap' });
  const u32 = (bytes: Buffer, at: number): number => (layout.little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  // The upper bits tell of frame check sequences.
  const link = u32(head, 20) & 0x0fff_ffff;
  let frame = 0;
  while (source.has(1) || (await source.fill(1))) {
    frame += 1;
    const at = source.offset;
    const header = await source.need(layout.headerLength, `the header of frame ${frame}`);
    const time = u32(header, 0) * 1000 + (u32(header, 4) * 1000) / layout.perSecond;
    const kept = u32(header, 8);
    const length = u32(header, 12);
    if (kept > longestPacket) throw source.broken(`frame ${frame} says that it has ${kept} bytes; no packet has`, at);
    const bytes = source.has(kept) ? source.take(kept) : await source.need(kept, `frame ${frame}`);
    sink.packet({ frame, at: time, link, bytes, length: Math.max(length, kept) });
  }
  return frame;
}

export const pcap: Format = {
  name: 'pcap',
  summary: 'classic pcap capture',
  unit: 'frames',
  fits: isPcap,
  read: (source, { capture }) => readPcap(source, capture),
};
