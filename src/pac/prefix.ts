/** Prefix tests and sorting of address lists, for the Ex helpers. */
import { looseIPv4, parseIPv6 } from './address.ts';

export interface PrefixRules {
  /** Mixed families are compared as IPv4-mapped IPv6. */
  readonly mapped: boolean;
  /** An IPv6 prefix may leave out its tail without "::", as Microsoft's examples do. */
  readonly shortened: boolean;
}

/**
 * `text` is the length of the address, a colon, the address, and "prefix/bits", around whose parts there may be blanks;
 * false for anything that is no literal and no prefix.
 */
export function inPrefix(text: string, rules: PrefixRules): boolean {
  const start = text.indexOf(':') + 1;
  const end = start + Number(text.slice(0, Math.max(0, start - 1)));
  const match = /^\s*([^\s/]+)\s*\/\s*(\d+)\s*$/.exec(text.slice(end));
  if (start === 0 || !match) return false;
  const [, network = '', length = ''] = match;
  const address = text.slice(start, end);
  const own = bytesOf(address);
  const net = bytesOf(network) ?? (rules.shortened ? bytesOf(completed(network)) : null);
  const bits = Number(length);
  if (!own || !net || bits > net.length * 8) return false;
  if (own.length === net.length) return sameBits(own, net, bits);
  if (!rules.mapped) return false;
  return sameBits(toMapped(own), toMapped(net), net.length === 4 ? bits + 96 : bits);
}

/**
 * Entries joined with ";" in ascending order, IPv6 first, texts kept; false when there is none or one is no address, null
 * for what is not ASCII (observed in Chromium 156).
 */
export function sortAddresses(text: string): string | false | null {
  if (/[^\0-\x7f]/.test(text)) return null;
  const entries = text
    .replace(/[ \t]/g, '')
    .split(';')
    .filter(Boolean)
    .map((entry) => ({ entry, bytes: bytesOf(entry) }));
  if (entries.length === 0 || entries.some(({ bytes }) => bytes === null)) return false;
  entries.sort((a, b) => compareBytes(a.bytes ?? [], b.bytes ?? []));
  return entries.map(({ entry }) => entry).join(';');
}

function compareBytes(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return b.length - a.length;
  for (const [index, byte] of a.entries()) {
    const difference = byte - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** As Chromium 156 reads literals: a root dot behind IPv4, and any form of a number in the quad that ends an IPv6 one. */
function bytesOf(text: string): number[] | null {
  const quad = looseIPv4(text.replace(/\.$/, ''));
  if (quad) return quad.split('.').map(Number);
  const tail = /:((?:\w+\.){3}\w+)$/.exec(text)?.[1];
  const embedded = tail === undefined ? null : looseIPv4(tail);
  const plain = tail === undefined || embedded === null ? text : text.slice(0, -tail.length) + embedded;
  return parseIPv6(plain)?.flatMap((group) => [group >> 8, group & 255]) ?? null;
}

const toMapped = (bytes: readonly number[]): readonly number[] =>
  bytes.length === 16 ? bytes : [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...bytes];

function sameBits(a: readonly number[], b: readonly number[], bits: number): boolean {
  for (let at = 0; at < bits; at += 8) {
    const mask = bits - at >= 8 ? 255 : (255 << (8 - (bits - at))) & 255;
    if (((a[at / 8] ?? 0) & mask) !== ((b[at / 8] ?? 0) & mask)) return false;
  }
  return true;
}

const completed = (network: string): string => (network.includes('::') ? network : `${network.replace(/:$/, '')}::`);
