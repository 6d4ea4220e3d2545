/** Bytes of a text file ↔ its text: what Windows and its consoles write, and back as it came. */
import type { Encoding } from './sent.ts';

const marks: readonly [Encoding, number[]][] = [
  ['utf-8-bom', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Letters of code pages 437 and 850 from 0x80; they agree on what languages of Windows need here. */
const dos = 'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»';

export function decode(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const marked = marks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) {
    const [encoding, mark] = marked;
    return { text: new TextDecoder(encoding.replace('-bom', '')).decode(bytes.subarray(mark.length)), encoding };
  }
  if (bytes.length > 1 && bytes[1] === 0)
    return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'utf-16le' };
  const utf8 = strict('utf-8', bytes);
  if (utf8 !== undefined) return { text: utf8, encoding: 'utf-8' };
  const japanese = strict('shift_jis', bytes);
  if (japanese !== undefined && /[\u3040-\u30ff]{2}/.test(japanese)) return { text: japanese, encoding: 'shift_jis' };
  // Umlauts of a console stand where windows-1252 has control characters and quotes.
  if (bytes.some((byte) => byte >= 0x80 && byte <= 0x9f) && !bytes.some((byte) => byte >= 0xb0 && byte !== 0xe1))
    return { text: [...bytes].map(console850).join(''), encoding: 'cp850' };
  return { text: Buffer.from(bytes).toString('latin1'), encoding: 'latin1' };
}

const console850 = (byte: number): string =>
  byte === 0xe1 ? 'ß' : byte < 0x80 ? String.fromCodePoint(byte) : (dos[byte - 0x80] ?? '?');

/** UTF-16 and marks stay, since clients stumble over them; code pages become UTF-8. */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'latin1') return Buffer.from(text, 'latin1');
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  return Buffer.from(encoding === 'utf-8-bom' ? `\ufeff${text}` : text);
}

function strict(charset: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
