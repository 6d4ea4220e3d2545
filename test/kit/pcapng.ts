/** Reads pcapng and the headers in it, written from the specifications and not from our writer. */

export interface Block {
  type: number;
  body: Buffer;
  /** With type and lengths. */
  whole: Buffer;
}

export interface Packet {
  /** Microseconds since 1970. */
  time: number;
  bytes: Buffer;
  comments: string[];
}

export interface Capture {
  comments: string[];
  secrets: string;
  packets: Packet[];
  types: number[];
}

/** Throws when a length is wrong: every block says its length at both ends. */
export function blocksIn(file: Uint8Array): Block[] {
  const bytes = Buffer.from(file);
  const blocks: Block[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    if (length % 4 !== 0 || bytes.readUInt32LE(at + length - 4) !== length) throw new Error(`a broken block at ${at}`);
    const whole = bytes.subarray(at, at + length);
    blocks.push({ type: bytes.readUInt32LE(at), body: whole.subarray(8, -4), whole });
    at += length;
  }
  return blocks;
}

export function optionsIn(body: Buffer, from: number): { code: number; value: Buffer }[] {
  const options: { code: number; value: Buffer }[] = [];
  for (let at = from; at < body.length;) {
    const code = body.readUInt16LE(at);
    const length = body.readUInt16LE(at + 2);
    if (code === 0) break;
    options.push({ code, value: body.subarray(at + 4, at + 4 + length) });
    at += 4 + length + (-length & 3);
  }
  return options;
}

const commentsIn = (body: Buffer, from: number): string[] =>
  optionsIn(body, from)
    .filter(({ code }) => code === 1)
    .map(({ value }) => value.toString());

export function readCapture(file: Uint8Array): Capture {
  const capture: Capture = { comments: [], secrets: '', packets: [], types: [] };
  for (const { type, body } of blocksIn(file)) {
    capture.types.push(type);
    if (type === 0x0a0d0d0a) capture.comments.push(...commentsIn(body, 16));
    if (type === 10) capture.secrets += body.subarray(8, 8 + body.readUInt32LE(4)).toString();
    if (type !== 6) continue;
    const length = body.readUInt32LE(12);
    capture.packets.push({
      time: body.readUInt32LE(4) * 2 ** 32 + body.readUInt32LE(8),
      bytes: body.subarray(20, 20 + length),
      comments: commentsIn(body, 20 + length + (-length & 3)),
    });
  }
  return capture;
}

export interface Dissected {
  version: 4 | 6;
  from: string;
  to: string;
  protocol: number;
  seq: number;
  ack: number;
  flags: string;
  payload: Buffer;
  /** Of IP, and of what is in it. */
  sumsHold: boolean;
}

const flagNames = ['F', 'S', 'R', 'P', 'A'];

export function dissect({ bytes }: Packet): Dissected {
  const v4 = bytes.readUInt16BE(12) === 0x0800;
  const ip = bytes.subarray(14);
  const inner = ip.subarray(v4 ? 20 : 40);
  const protocol = (v4 ? ip[9] : ip[6]) ?? 0;
  const addresses = v4 ? ip.subarray(12, 20) : ip.subarray(8, 40);
  const half = addresses.length / 2;
  const said = v4 ? ip.readUInt16BE(2) : 40 + ip.readUInt16BE(4);
  const pseudo = Buffer.concat([addresses, Buffer.of(0, protocol), u16(inner.length)]);
  const tcp = protocol === 6;
  const withPorts = tcp || protocol === 17;
  const ends = [addresses.subarray(0, half), addresses.subarray(half)].map(textOf);
  return {
    version: v4 ? 4 : 6,
    from: withPorts ? `${ends[0]}:${inner.readUInt16BE(0)}` : `${ends[0]}`,
    to: withPorts ? `${ends[1]}:${inner.readUInt16BE(2)}` : `${ends[1]}`,
    protocol,
    seq: tcp ? inner.readUInt32BE(4) : 0,
    ack: tcp ? inner.readUInt32BE(8) : 0,
    flags: tcp ? flagNames.filter((_, bit) => ((inner[13] ?? 0) & (1 << bit)) !== 0).join('') : '',
    payload: inner.subarray(tcp ? ((inner[12] ?? 0) >> 4) * 4 : 8),
    sumsHold:
      said === ip.length &&
      (!v4 || sum(ip.subarray(0, 20)) === 0xffff) &&
      sum(protocol === 1 ? inner : Buffer.concat([pseudo, inner])) === 0xffff,
  };
}

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 255);

const textOf = (address: Buffer): string =>
  address.length === 4 ? address.join('.') : `[${(address.toString('hex').match(/.{4}/g) ?? []).join(':')}]`;

/** One's complement sum, carries added as they come; 0xffff when a checksum holds. */
function sum(bytes: Buffer): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    total += (bytes[at] ?? 0) << (at % 2 === 0 ? 8 : 0);
    if (total > 0xffff) total = (total & 0xffff) + 1;
  }
  return total;
}
