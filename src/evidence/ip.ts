/** IPv4 (RFC 791) and IPv6 (RFC 8200) headers. Packets that say more than they hold are cut, never believed. */

export interface Datagram {
  from: string;
  to: string;
  protocol: number;
  payload: Buffer;
  /** Bytes of the payload that were on the wire and are not here. */
  missing: number;
  /** A later part of a larger packet: no header of TCP or UDP in it. */
  fragment: boolean;
  /** False when the checksum of the header is wrong. IPv6 has none. */
  sound: boolean;
}

/** The packet, or null when it is none. `lost` is how many bytes the sniffer cut off behind it. */
export function datagramIn(bytes: Buffer, lost: number): Datagram | null {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4) return fourth(bytes, lost);
  return version === 6 ? sixth(bytes, lost) : null;
}

function fourth(bytes: Buffer, lost: number): Datagram | null {
  const header = ((bytes[0] ?? 0) & 15) * 4;
  if (header < 20 || bytes.length < header) return null;
  const said = bytes.readUInt16BE(2);
  // Zero: the card was to fill it in (segmentation offload).
  const total = said === 0 ? bytes.length + lost : said;
  if (total < header) return null;
  const end = Math.min(total, bytes.length);
  const more = bytes.readUInt16BE(6);
  return {
    from: dotted(bytes, 12),
    to: dotted(bytes, 16),
    protocol: bytes[9] ?? 0,
    payload: bytes.subarray(header, end),
    missing: total - end,
    fragment: (more & 0x1fff) !== 0,
    sound: sumOf(bytes, 0, header) === 0xffff,
  };
}

/** Headers that may stand between IPv6 and what it carries, by their number. */
const extensions = new Set([0, 43, 60, 135, 139, 140]);
const fragmentHeader = 44;

function sixth(bytes: Buffer, lost: number): Datagram | null {
  if (bytes.length < 40) return null;
  const said = bytes.readUInt16BE(4);
  const total = said === 0 ? bytes.length + lost : 40 + said;
  const end = Math.min(total, bytes.length);
  let protocol = bytes[6] ?? 0;
  let at = 40;
  let fragment = false;
  while ((extensions.has(protocol) || protocol === fragmentHeader) && at + 8 <= end) {
    const length = protocol === fragmentHeader ? 8 : ((bytes[at + 1] ?? 0) + 1) * 8;
    if (protocol === fragmentHeader) fragment ||= (bytes.readUInt16BE(at + 2) & 0xfff8) !== 0;
    protocol = bytes[at] ?? 0;
    at += length;
  }
  const payload = bytes.subarray(Math.min(at, end), end);
  const missing = Math.max(0, total - end);
  return { from: grouped(bytes, 8), to: grouped(bytes, 24), protocol, payload, missing, fragment, sound: true };
}

const dotted = (bytes: Buffer, at: number): string =>
  `${bytes[at] ?? 0}.${bytes[at + 1] ?? 0}.${bytes[at + 2] ?? 0}.${bytes[at + 3] ?? 0}`;

/** As RFC 5952 writes it; an IPv4 address in IPv6 clothes is shown as what it is. */
export function grouped(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(at + 2 * index));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return dotted(bytes, at + 12);
  let best = { from: -1, length: 1 };
  for (let from = 0; from < 8; from += 1) {
    let length = 0;
    while (groups[from + length] === 0) length += 1;
    if (length > best.length) best = { from, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.from < 0) return text(groups);
  return `${text(groups.slice(0, best.from))}::${text(groups.slice(best.from + best.length))}`;
}

/** The sum of RFC 1071 before it is inverted: 0xffff over a part whose checksum holds. */
export function sumOf(bytes: Buffer, from: number, to: number, start = 0): number {
  let sum = start;
  let at = from;
  for (; at + 1 < to; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (at < to) sum += (bytes[at] as number) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** Address and port as events have them. */
export const placeOf = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
