/** How a request for an OCSP responder travels: in the body of a POST, or in the path of a GET (RFC 6960 A.1). */
import type { IncomingMessage } from 'node:http';

import { elementsOf } from '../net/certificates-der.ts';
import type { HostRequest } from './behaviour.ts';

const requestType = 'application/ocsp-request';
/** Bytes; one certificate takes about 80 of them. */
const longest = 16 * 1024;

/** Whether the body is worth keeping. */
export const isQuestion = ({ method, headers }: IncomingMessage): boolean =>
  method === 'POST' && (headers['content-type'] ?? '').toLowerCase().startsWith(requestType);

/** The body to its end; of a longer one nothing. */
export function bodyOf(request: IncomingMessage): Promise<Buffer> {
  let body = Buffer.alloc(0);
  request.on('data', (piece: Buffer) => {
    if (body.length <= longest) body = Buffer.concat([body, piece]);
  });
  return new Promise((resolve) => {
    request.once('end', () => resolve(body.length > longest ? Buffer.alloc(0) : body));
  });
}

/** The request in DER; undefined where there is none. */
export function questionIn({ method, target, body }: HostRequest): Buffer | undefined {
  if (method === 'POST') return body;
  const path = decoded(target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/\?.*$/s, ''));
  // The responder's own path comes first, and Base64 has slashes too.
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const rest = path.slice(at + 1);
    const bytes = Buffer.from(rest, 'base64');
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(rest) && elementsOf(bytes)?.length === 1) return bytes;
  }
  return undefined;
}

/** A percent sign that belongs to no code leaves the text as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
