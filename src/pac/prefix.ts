/** Prefix tests and sorting of address lists, for the Ex helpers. */
import { looseIPv4, parseIPv6 } from './address.ts';

export interface PrefixRules {
  /** Mixed families are compared as IPv4-mapped IPv6. */
  readonly mapped: boolean;
  /** An IPv6 prefix may leave out its tail without "::", as Microsoft's examples do. */
  readonly shortened: boolean;
}

/** `text` is the address, a line end, and "prefix/bits"; false for anything that is no literal and no prefix. */
export function inPrefix(text: string, rules: PrefixRules): boolean {
  const match = /^([^\n]*)\n\s*([^\s/]+)\s*\/\s*(\d{1,3})\s*$/.exec(text);
  if (!match) return false;
  const [, address = '', network = '', length = ''] = match;
  const own = bytesOf(address);
  const net = bytesOf(network) ?? (rules.shortened ? bytesOf(completed(network)) : null);
  const bits = Number(length);
  if (!own || !net || bits > net.length * 8) return false;
  if (own.length === net.length) return sameBits(own, net, bits);
  if (!rules.mapped) return false;
  return sameBits(toMapped(own), toMapped(net), net.length === 4 ? bits + 96 : bits);
}

/** Entries joined with ";" in ascending order, IPv6 first, texts kept; false when there is none or one is no address. */
export function sortAddresses(text: string): string | false {
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

function bytesOf(text: string): number[] | null {
  const quad = looseIPv4(text);
  if (quad) return quad.split('.').map(Number);
  return parseIPv6(text)?.flatMap((group) => [group >> 8, group & 255]) ?? null;
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
