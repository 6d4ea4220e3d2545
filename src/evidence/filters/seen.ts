/** What a filter can ask of one packet. */
import type { Datagram } from '../ip.ts';
import type { Segment } from '../segment.ts';

export interface Seen {
  from: string;
  to: string;
  /** 6 is TCP, 17 is UDP. */
  protocol: number;
  tcp: SeenSegment | null;
  udp: { fromPort: number; toPort: number } | null;
  http: SeenHttp;
}

export interface SeenSegment extends Pick<Segment, 'fromPort' | 'toPort' | 'syn' | 'acks' | 'fin' | 'rst'> {
  /** It, or a part of it, was sent before. */
  again: boolean;
}

/** The HTTP messages whose last byte is in the packet. */
export interface SeenHttp {
  methods: string[];
  statuses: number[];
  /** Bytes in a tunnel that CONNECT has opened. */
  tunnelled: boolean;
}

export const noHttp: SeenHttp = { methods: [], statuses: [], tunnelled: false };

export const seenIn = (
  { from, to, protocol, payload }: Datagram,
  segment: Segment | null,
  more: { again?: boolean; http?: SeenHttp } = {},
): Seen => ({
  from,
  to,
  protocol,
  tcp: segment ? { ...segment, again: more.again ?? false } : null,
  udp:
    protocol === 17 && payload.length >= 8
      ? { fromPort: payload.readUInt16BE(0), toPort: payload.readUInt16BE(2) }
      : null,
  http: more.http ?? noHttp,
});
