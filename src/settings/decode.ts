/** Bytes of a text file as Windows writes them: UTF-16 or UTF-8, with or without a mark; else a code page of one byte. */

export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes.subarray(2));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2));
  if (bytes.length > 1 && bytes[1] === 0) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Output of a console: which code page it was nobody knows, but structure and addresses are ASCII in all of them.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
