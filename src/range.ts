/** Ranges of addresses as access lists write them: `10.0.0.0/8`, `2001:db8::/32`, or one address. */
interface Range {
  bits: bigint;
  width: number;
  prefix: number;
}

const cache = new Map<string, Range | undefined>();

/** Whether a text is a range with a prefix length; a glob is none. */
export const isRange = (text: string): boolean => text.includes('/') && rangeOf(text) !== undefined;

/** Whether an address is one of a range; false for whatever is no address. */
export function inRange(range: string, address: string): boolean {
  const wanted = rangeOf(range);
  const given = bitsOf(address);
  if (!wanted || given?.width !== wanted.width) return false;
  const rest = BigInt(wanted.width - wanted.prefix);
  return given.bits >> rest === wanted.bits >> rest;
}

function rangeOf(text: string): Range | undefined {
  if (!cache.has(text)) {
    const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const given = bitsOf(address);
    const prefix = Number(length ?? given?.width);
    cache.set(text, given && prefix <= given.width ? { ...given, prefix } : undefined);
  }
  return cache.get(text);
}

function bitsOf(address: string): { bits: bigint; width: number } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    const octets = address.split('.').map(Number);
    return octets.every((octet) => octet < 256) ? { bits: joined(octets, 8n), width: 32 } : undefined;
  }
  const groups = groupsOf(address);
  return groups && { bits: joined(groups, 16n), width: 128 };
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] | undefined {
  if (!/^[0-9a-f:]{2,39}$/i.test(address) || !address.includes(':')) return undefined;
  const [left = '', right, more] = address.split('::');
  const read = (part: string): number[] =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const missing = 8 - read(left).length - read(right ?? '').length;
  if (more !== undefined || missing < 0 || (right === undefined && missing > 0)) return undefined;
  const groups = [...read(left), ...Array.from({ length: missing }, () => 0), ...read(right ?? '')];
  return groups.every((group) => group <= 0xffff) ? groups : undefined;
}

const joined = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);
