/**
 * DER, as much of it as certificates and their revocation need (X.690). Written here because a certificate library costs 2.7 ms a leaf
 * and refuses to make the faulty ones that the lab exists for.
 */
const length = (size: number): Buffer => {
  if (size < 0x80) return Buffer.of(size);
  if (size < 0x100) return Buffer.of(0x81, size);
  return Buffer.of(0x82, size >> 8, size & 0xff);
};

/** One tag, its length and its contents. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), length(body.length), body]);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => tagged(0x30, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => tagged(0x31, ...items);
export const integer = (bytes: Uint8Array): Buffer => tagged(0x02, bytes);
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.of(value ? 0xff : 0));
export const octets = (...contents: readonly Uint8Array[]): Buffer => tagged(0x04, ...contents);
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.of(unused), bytes);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));

/** `2.5.29.17` in base 128, the first two arcs in one byte. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** GeneralizedTime, to the second. `ms` since 1970. */
export const generalizedTime = (ms: number): Buffer => tagged(0x18, Buffer.from(digits(ms)));

/** RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime after. `ms` since 1970; seconds are kept, not less. */
export function time(ms: number): Buffer {
  const text = digits(ms);
  return Number(text.slice(0, 4)) < 2050 ? tagged(0x17, Buffer.from(text.slice(2))) : generalizedTime(ms);
}

/** `20260302080000Z`. */
const digits = (ms: number): string => new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');

/** One element as it was read: what is in it, and all of it. */
export interface Element {
  tag: number;
  content: Buffer;
  whole: Buffer;
}

/** The elements that stand one after another; undefined for what is no DER, or has elements longer than 64 kB. */
export function elementsOf(bytes: Buffer): Element[] | undefined {
  const elements: Element[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const [tag = 0, first = 0x80] = rest;
    const digits = first < 0x80 ? 0 : first - 0x80;
    // 0x80 alone is the indefinite length of BER.
    if ((tag & 0x1f) === 0x1f || first === 0x80 || digits > 2 || rest.length < 2 + digits) return undefined;
    const head = 2 + digits;
    const size = digits === 0 ? first : rest.readUIntBE(2, digits);
    if (rest.length < head + size) return undefined;
    elements.push({ tag, content: rest.subarray(head, head + size), whole: rest.subarray(0, head + size) });
    rest = rest.subarray(head + size);
  }
  return elements;
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f];
  for (let rest = arc >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
