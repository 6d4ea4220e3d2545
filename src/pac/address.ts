/** IP addresses as text and bytes. Pure; no names are looked up here. */

/** Four octets in dotted decimal, strictly: no leading zeros, nothing else around them. */
export function isIPv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/.test(text) && !text.endsWith('.');
}

/**
 * The forms inet_aton takes: one to four numbers, decimal, octal (leading 0) or hexadecimal (0x), the last one filling
 * the rest. Gives dotted decimal, or null.
 */
export function looseIPv4(text: string): string | null {
  if (!/^\d/.test(text)) return null; // most texts are names
  const parts = text.split('.');
  if (parts.length > 4) return null;
  const numbers: number[] = [];
  for (const part of parts) {
    const number = looseNumber(part);
    if (number === null) return null;
    numbers.push(number);
  }
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return null;
  let value = last;
  numbers.forEach((number, index) => {
    value += number * 256 ** (3 - index);
  });
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function looseNumber(part: string): number | null {
  if (/^0[xX][0-9a-fA-F]*$/.test(part)) return part.length === 2 ? 0 : parseInt(part.slice(2), 16);
  if (/^0[0-7]*$/.test(part)) return parseInt(part, 8);
  return /^[1-9]\d*$/.test(part) ? Number(part) : null;
}

/** Eight 16-bit groups of an IPv6 literal without brackets or zone, or null. */
export function parseIPv6(text: string): number[] | null {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(':')) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1] ?? '', true) : [];
  if (!head || !tail) return null;
  if (halves.length === 1) return head.length === 8 ? head : null;
  const gap = 8 - head.length - tail.length;
  return gap < 1 ? null : [...head, ...Array<number>(gap).fill(0), ...tail];
}

function groups(text: string, mayEndInIPv4: boolean): number[] | null {
  if (text === '') return [];
  const result: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (mayEndInIPv4 && index === parts.length - 1 && isIPv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      result.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) result.push(parseInt(part, 16));
    else return null;
  }
  return result;
}

export const isIPv6 = (text: string): boolean => parseIPv6(text) !== null;
export const isAddress = (text: string): boolean => isIPv4(text) || isIPv6(text);

/** Canonical text of an IPv6 literal (RFC 5952: lower case, longest run of zeros shortened), or null. */
export function canonicalIPv6(text: string): string | null {
  const parts = parseIPv6(text);
  if (!parts) return null;
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (parts[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = parts.map((part) => part.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}

/** Link-local, loopback, unique-local tests on literals; false for names. */
export const isUniqueLocal = (text: string): boolean => ((parseIPv6(text)?.[0] ?? 0) & 0xfe00) === 0xfc00;
