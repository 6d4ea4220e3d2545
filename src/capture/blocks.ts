/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian. */

export type Option = readonly [code: number, value: string | Uint8Array];

/** Option codes: those of every block, of the section header and of the interface. */
export const optionCodes = {
  comment: 1,
  userApplication: 4,
  name: 2,
  description: 3,
  timeResolution: 9,
  filter: 11,
} as const;
const types = { section: 0x0a0d0d0a, interface: 1, packet: 6, secrets: 10 } as const;
const ethernet = 1;
const tlsKeyLog = 0x544c534b;

export const sectionHeader = (options: readonly Option[]): Buffer =>
  // Byte-order magic, version 1.0, and a section whose length is not said.
  block(types.section, Buffer.concat([words(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff), optionList(options)]));

/** An interface of Ethernet, with times in microseconds and no limit to what is kept of a packet. */
export const interfaceDescription = (options: readonly Option[]): Buffer =>
  block(
    types.interface,
    Buffer.concat([words(ethernet, 0), optionList([...options, [optionCodes.timeResolution, Uint8Array.of(6)]])]),
  );

/** Lines of an NSS key log. Must stand before the packets it opens. */
export function decryptionSecrets(lines: readonly string[]): Buffer {
  const log = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
  return block(types.secrets, Buffer.concat([words(tlsKeyLog, log.length), padded(log)]));
}

/** `time` in microseconds since 1970. */
export function enhancedPacket(bytes: Uint8Array, time: number, options: readonly Option[]): Buffer {
  const half = 2 ** 32;
  const head = words(0, Math.floor(time / half), time % half, bytes.length, bytes.length);
  return block(types.packet, Buffer.concat([head, padded(bytes), optionList(options)]));
}

function block(type: number, body: Uint8Array): Buffer {
  const length = body.length + 12;
  return Buffer.concat([words(type, length), body, words(length)]);
}

function optionList(options: readonly Option[]): Buffer {
  if (options.length === 0) return Buffer.of();
  const end = words(0);
  return Buffer.concat([...options.map(optionBytes), end]);
}

/** The length of an option has 16 bits; what is longer is cut at a character. */
const longestOption = 0xffff;

function optionBytes([code, value]: Option): Buffer {
  const whole = typeof value === 'string' ? Buffer.from(value) : value;
  let end = Math.min(whole.length, longestOption);
  while (end < whole.length && ((whole[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  const kept = whole.subarray(0, end);
  return Buffer.concat([words(code | (kept.length << 16)), padded(kept)]);
}

const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value >>> 0, 4 * index);
  return buffer;
}
