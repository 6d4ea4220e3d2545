/** Events → the frames that a sniffer on the one wire of the lab would have seen, in order. */
import type { TraceEvent } from '../trace/events.ts';
import { flowOf, reversed } from './address.ts';
import type { Flow } from './address.ts';
import { Conversation, refusalOf, synOf } from './conversation.ts';
import type { Sent } from './conversation.ts';
import { DhcpTalk } from './dhcp.ts';
import { ethernetFrame, prohibitedPacket, tcpPacket, udpPacket } from './headers.ts';

export interface Frame {
  bytes: Uint8Array;
  /** Lab time of its event, in milliseconds. */
  at: number;
  /** Number of the event that it shows. */
  seq: number;
  /** What lies above TCP or UDP; empty for a bare acknowledgement. */
  payload: Uint8Array;
}

/** A machine's wire: it numbers IPv4 packets. */
type Wrap = (sent: Sent) => Piece;
type Piece = Pick<Frame, 'bytes' | 'payload'>;

export function framesOf(events: readonly TraceEvent[]): Frame[] {
  const conversations = new Map<number, Conversation>();
  const dhcp = new DhcpTalk();
  let id = 0;
  const wrap: Wrap = ({ flow, ...segment }) => ({
    bytes: ethernetFrame(flow, tcpPacket(flow, segment, (id += 1))),
    payload: segment.payload ?? new Uint8Array(),
  });
  const frames: Frame[] = [];
  for (const event of events) {
    const pieces = segmentsOf(event, conversations)?.map(wrap) ?? otherPackets(event, () => (id += 1));
    const asked = dhcp.packets(event).map(({ flow, payload }) => datagramFrame(flow, payload, (id += 1)));
    for (const piece of [...pieces, ...asked]) frames.push({ ...piece, at: event.at, seq: event.seq });
  }
  return frames;
}

function segmentsOf(event: TraceEvent, conversations: Map<number, Conversation>): Sent[] | undefined {
  switch (event.type) {
    case 'tcp.syn':
      return [synOf(flowOf(event.data.from, event.data.to))];
    case 'tcp.opened': {
      const conversation = new Conversation(flowOf(event.data.from, event.data.to));
      conversations.set(event.data.conn, conversation);
      return conversation.opened();
    }
    case 'tcp.data':
      return conversations.get(event.data.conn)?.data(event.data.dir, Buffer.from(event.data.bytes, 'base64'));
    case 'tcp.fin':
      return conversations.get(event.data.conn)?.fin(event.data.dir);
    case 'tcp.rst':
      return conversations.get(event.data.conn)?.rst(event.data.dir);
    default:
      return undefined;
  }
}

function otherPackets(event: TraceEvent, nextId: () => number): Piece[] {
  if (event.type === 'udp.data') {
    const flow = flowOf(event.data.from, event.data.to);
    const payload = Buffer.from(event.data.bytes, 'base64');
    return [datagramFrame(flow, payload, nextId())];
  }
  return event.type === 'tcp.refused' ? refused(flowOf(event.data.from, event.data.to), event.data.how, nextId) : [];
}

const datagramFrame = (flow: Flow, payload: Buffer, id: number): Piece => ({
  bytes: ethernetFrame(flow, udpPacket(flow, payload, id)),
  payload,
});

function refused(flow: Flow, how: 'rst' | 'icmp-prohibited', nextId: () => number): Piece[] {
  const payload = new Uint8Array();
  const syn = tcpPacket(flow, synOf(flow), nextId());
  const back = reversed(flow);
  const answer = how === 'rst' ? tcpPacket(back, refusalOf(flow), nextId()) : prohibitedPacket(back, syn, nextId());
  return [
    { bytes: ethernetFrame(flow, syn), payload },
    { bytes: ethernetFrame(back, answer), payload },
  ];
}
