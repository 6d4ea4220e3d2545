/** The body of an answer as a proxy script, or why no client can have taken it for one. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

import { header } from '../../trace/view.ts';
import type { Answer, Connection, End } from '../connection.ts';

interface Read {
  bytes: Buffer;
  text: string;
  charset: string;
  failure: string | null;
  reason: string | null;
}

/** Whether a client can have taken it: a status of 200, or another of success and the proxy in it was used, the whole of it, and the function that every client calls. */
export function readScript({ ends }: Connection, answer: Answer, isUsed: (text: string) => boolean): Read {
  const bytes = decoded(answer);
  const charset = charsetOf(bytes);
  const text = new TextDecoder(charset === 'iso-8859-1' ? 'latin1' : charset).decode(bytes);
  const no = (failure: string, reason: string): Read => ({ bytes, text, charset, failure, reason });
  const odd = answer.status !== 200 && !(answer.status > 200 && answer.status < 300 && isUsed(text));
  if (odd) return no('http.status', `status ${answer.status}`);
  if (!answer.complete && ends.length > 0) return no(cutBy(ends[0]), 'the body ends before its length');
  if (!/FindProxyForURL/.test(text)) return no('pac.rejected', 'there is no FindProxyForURL in it');
  return { bytes, text, charset, failure: null, reason: null };
}

/** Who lost patience: a client that closes first has given up. */
const cutBy = (end: End | undefined): string => {
  if (end?.dir === 'up') return 'http.timeout';
  return end?.how === 'rst' ? 'tcp.reset' : 'tcp.closed';
};

function charsetOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : 'iso-8859-1';
}

/** A script is no larger than this, packed or not. */
const largest = { maxOutputLength: 2 * 1024 * 1024 };

function decoded({ headers, kept }: Answer): Buffer {
  const bytes = Buffer.concat(kept);
  const coding = (header(headers, 'content-encoding') ?? '').trim().toLowerCase();
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, largest);
    if (coding === 'deflate') return inflateSync(bytes, largest);
    return coding === 'br' ? brotliDecompressSync(bytes, largest) : bytes;
  } catch {
    // Cut off, larger than any script, or not packed at all: the bytes as they came.
    return bytes;
  }
}
