/** Content codings (RFC 9110 8.4): gzip where both ends agree on it. */
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';

import type { HeaderList } from '../trace/events.ts';
import { withHeader } from './behaviour.ts';
import type { Reply } from './behaviour.ts';
import { headerOf } from './body.ts';
import type { Answer } from './response.ts';

/** What a decoded body may grow to, in bytes. */
const largest = 64 * 1024 * 1024;

export const accepts = (headers: HeaderList, coding: string): boolean =>
  (headerOf(headers, 'accept-encoding') ?? '')
    .split(',')
    .some((part) => part.trim().toLowerCase().split(';')[0] === coding);

/** The same content, smaller. */
export const gzipped = (reply: Reply): Reply => ({
  ...reply,
  headers: withHeader(withHeader(reply.headers, 'Content-Encoding', 'gzip'), 'Vary', 'Accept-Encoding'),
  body: gzipSync(reply.body),
});

/** The answer with its content decoded; as it is when it cannot be, or names no coding. */
export function decoded(answer: Answer): Answer {
  const coding = headerOf(answer.headers, 'content-encoding')?.trim().toLowerCase();
  const decode = coding === 'gzip' || coding === 'x-gzip' ? gunzipSync : coding === 'deflate' ? inflateSync : undefined;
  if (!decode || !answer.complete) return answer;
  try {
    return { ...answer, body: decode(answer.body, { maxOutputLength: largest }) };
  } catch {
    return answer;
  }
}
