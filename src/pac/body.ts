/** From the bytes a server sent to the text the client runs, or the reason why it refuses them. */
import type { Profile } from './profile.ts';

export type DecodedBody =
  | { readonly text: string; readonly charset: string; readonly rejected: null }
  | { readonly text: null; readonly charset: null; readonly rejected: string };

export interface BodyOptions {
  /** Path of the URL, for clients that accept an extension in place of a media type. */
  readonly path?: string;
}

/** Decodes a PAC body by the profile's rules for size, media type, byte order mark and charset. */
export function decodeBody(
  bytes: Uint8Array,
  contentType: string | undefined,
  profile: Profile,
  options: BodyOptions = {},
): DecodedBody {
  const reason = refusal(bytes, contentType, profile, options);
  if (reason) return { text: null, charset: null, rejected: reason };
  const charset = charsetOf(bytes, contentType, profile);
  return { text: decode(bytes, charset), charset, rejected: null };
}

function refusal(
  bytes: Uint8Array,
  contentType: string | undefined,
  profile: Profile,
  options: BodyOptions,
): string | null {
  const { maxBytes, types, extensions } = profile.body;
  if (maxBytes !== null && bytes.length > maxBytes) {
    return `the body has ${bytes.length} bytes, ${profile.name} takes at most ${maxBytes}`;
  }
  if (types === null || contentType === undefined) return null;
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const path = options.path?.toLowerCase().split(/[?#]/)[0] ?? '';
  if (types.includes(type) || extensions.some((extension) => path.endsWith(extension))) return null;
  return `media type ${type || '(none)'} is not ${types.join(' or ')}, and the path does not end in ${extensions.join(', ')}`;
}

function charsetOf(bytes: Uint8Array, contentType: string | undefined, profile: Profile): string {
  if (profile.body.charset === 'utf8') return 'utf-8';
  if (profile.body.charset === 'utf8-else-latin1') return isUtf8(bytes) ? 'utf-8' : 'iso-8859-1';
  const named = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1];
  if (named && decoderFor(named)) return named.toLowerCase();
  return markOf(bytes) ?? 'iso-8859-1';
}

/** Charset that a byte order mark announces. */
function markOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return null;
}

function decode(bytes: Uint8Array, charset: string): string {
  if (isLatin1(charset)) return latin1(bytes);
  return decoderFor(charset)?.decode(bytes) ?? latin1(bytes);
}

/** ISO-8859-1 proper: every byte is the character of that number. `TextDecoder` would take windows-1252 instead. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

const isLatin1 = (charset: string): boolean => /^(?:iso-?8859-?1|latin-?1|us-ascii|ascii)$/i.test(charset);

function decoderFor(charset: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(charset);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
