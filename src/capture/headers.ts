/**
 * Ethernet, IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293), UDP (RFC 768) and ICMP (RFC 792, 4443) as bytes, with
 * checksums that hold. Lower layers are invented, since the lab has none: one segment of Ethernet, no routers.
 */
import type { Flow, Place } from './address.ts';

const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
type Protocol = keyof typeof protocols;

export const flags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export interface Segment {
  seq: number;
  ack: number;
  flags: number;
  window: number;
  options?: Uint8Array;
  payload?: Uint8Array;
}

const none = new Uint8Array();

/** A TCP segment as an IP packet. `id` is IPv4's identification. */
export function tcpPacket(
  flow: Flow,
  { seq, ack, flags, window, options = none, payload = none }: Segment,
  id: number,
) {
  const header = Buffer.alloc(20 + options.length);
  header.writeUInt16BE(flow.from.port, 0);
  header.writeUInt16BE(flow.to.port, 2);
  header.writeUInt32BE(seq >>> 0, 4);
  header.writeUInt32BE(ack >>> 0, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = flags;
  header.writeUInt16BE(window, 14);
  header.set(options, 20);
  return ipPacket(flow, 'tcp', summed(flow, 'tcp', Buffer.concat([header, payload]), 16), id);
}

export function udpPacket(flow: Flow, payload: Uint8Array, id: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(flow.from.port, 0);
  header.writeUInt16BE(flow.to.port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return ipPacket(flow, 'udp', summed(flow, 'udp', Buffer.concat([header, payload]), 6), id);
}

/**
 * "Communication administratively prohibited" about a packet: type 3 code 13 of RFC 1812, type 1 code 1 of RFC 4443.
 * Sent in the name of the destination, as a firewall without an address of its own does.
 */
export function prohibitedPacket(flow: Flow, about: Uint8Array, id: number): Buffer {
  const v6 = isV6(flow.from);
  const message = Buffer.concat([v6 ? Buffer.of(1, 1) : Buffer.of(3, 13), Buffer.alloc(6), about]);
  const protocol = v6 ? 'icmpv6' : 'icmp';
  return ipPacket(flow, protocol, summed(flow, protocol, message, 2), id);
}

/** One frame of Ethernet II; hardware addresses are locally administered ones made of the IP addresses. */
export function ethernetFrame({ from, to }: Flow, packet: Uint8Array): Buffer {
  const type = isV6(from) ? Buffer.of(0x86, 0xdd) : Buffer.of(0x08, 0x00);
  return Buffer.concat([hardware(to), hardware(from), type, packet]);
}

const isV6 = ({ ip }: Place): boolean => ip.length === 16;

const hardware = ({ ip }: Place): Buffer =>
  ip.every((byte) => byte === 255) ? Buffer.alloc(6, 255) : Buffer.of(2, 0, ...ip.slice(-4));

function ipPacket(flow: Flow, protocol: Protocol, payload: Buffer, id: number): Buffer {
  const { from, to } = flow;
  if (isV6(from)) {
    const header = Buffer.alloc(40);
    header[0] = 0x60;
    header.writeUInt16BE(payload.length, 4);
    header[6] = protocols[protocol];
    header[7] = 64;
    header.set(from.ip, 8);
    header.set(to.ip, 24);
    return Buffer.concat([header, payload]);
  }
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt16BE(id & 0xffff, 4);
  header[6] = 0x40; // Don't fragment.
  header[8] = 64;
  header[9] = protocols[protocol];
  header.set(from.ip, 12);
  header.set(to.ip, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** Fills in the checksum at `at`, over the pseudo header too, except for ICMP of IPv4. */
function summed({ from, to }: Flow, protocol: Protocol, message: Buffer, at: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(message.length, 0);
  tail[7] = protocols[protocol];
  const pseudo = protocol === 'icmp' ? [] : [from.ip, to.ip, tail];
  const sum = checksum(...pseudo, message);
  // RFC 768: zero would mean that there is none.
  message.writeUInt16BE(protocol === 'udp' && sum === 0 ? 0xffff : sum, at);
  return message;
}

/** The internet checksum (RFC 1071) over several parts; only the last may have an odd length. */
function checksum(...parts: Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    // Reading past the end gives undefined, which counts as the zero that pads an odd part.
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] as number) << 8) | (part[at + 1] as number);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
