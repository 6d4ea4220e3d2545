/** Bytes of a text file as Windows writes them: UTF-16 or UTF-8, with or without a mark; else a code page of one byte. */

export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes.subarray(2));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2));
  if (bytes.length > 1 && bytes[1] === 0) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Output of a console: which code page it was nobody knows, but structure and addresses are ASCII in most of them.
    return eastAsian(bytes) ?? new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Code pages in which netsh prints wide colons and parentheses, and the bytes of these two. */
const wide = [
  ['shift_jis', '\x81\x46', '\x81\x69'],
  ['gb18030', '\xa3\xba', '\xa3\xa8'],
  ['big5', '\xa1\x47', '\xa1\x5d'],
] as const;

/** Only with these bytes and no byte out of place: chance makes neither. */
function eastAsian(bytes: Uint8Array): string | undefined {
  const raw = Buffer.from(bytes).toString('latin1');
  for (const [encoding, ...marks] of wide) {
    if (!marks.some((mark) => raw.includes(mark))) continue;
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (/[：（]/.test(text)) return text;
    } catch {
      // Another one, then.
    }
  }
  return undefined;
}
