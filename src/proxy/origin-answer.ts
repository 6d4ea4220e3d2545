/** What a destination answers, before any of it is passed on: what a proxy cannot say again, and how it fails. */
import type { IncomingMessage } from 'node:http';

import type { Failure } from '../failure.ts';
import type { Connection } from '../net/connection.ts';
import { tlsFailure } from '../net/tls.ts';
import { listOf, pairsOf } from './headers.ts';

/**
 * Why an answer cannot be passed on; undefined when it can. The parser takes 000 to 999 as a status and any text as a
 * transfer coding, but a status below 100 is none, and a coding other than chunked would be lost on this hop (RFC 9112
 * section 6.1), the body with it.
 */
export function wrongAnswer({ statusCode = 0, httpVersionMajor, rawHeaders }: IncomingMessage): string | undefined {
  if (httpVersionMajor !== 1) return `the answer is of HTTP/${httpVersionMajor}`;
  if (statusCode < 100) return `the status ${String(statusCode).padStart(3, '0')} is none`;
  if (!rawHeaders.some(isTransferEncoding)) return undefined;
  const codings = listOf(pairsOf(rawHeaders), 'transfer-encoding');
  return codings.every((coding) => coding === 'chunked') ? undefined : `Transfer-Encoding: ${codings.join(', ')}`;
}

/** Names stand at the even places of `rawHeaders`. */
const isTransferEncoding = (text: string, index: number): boolean =>
  text.length === 17 && index % 2 === 0 && text.toLowerCase() === 'transfer-encoding';

export class AnswerTimeout extends Error {}

/** What the error of a request to a destination says about it. */
export function failureOf(error: Error, { errored }: Pick<Connection, 'errored'>): Failure {
  if (error instanceof AnswerTimeout) return { code: 'http.timeout', detail: error.message };
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) return { code: 'http.malformed', detail: `the answer is not HTTP: ${error.message}` };
  // Under TLS 1.3 an origin says only now that it wants a client certificate.
  if (code.startsWith('ERR_SSL')) return tlsFailure(error);
  if (errored) return { code: 'tcp.reset', detail: 'the destination reset the connection' };
  if (code === 'ECONNRESET')
    return { code: 'tcp.closed', detail: 'the destination closed before its answer was complete' };
  return { code: 'http.malformed', detail: error.message };
}
