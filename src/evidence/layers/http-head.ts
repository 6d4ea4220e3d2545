/** Heads of HTTP/1 messages (RFC 9112 2 to 5). */
import { alertName } from './hello.ts';
import type { HeaderList } from '../../trace/events.ts';

export const requestLine = /^([A-Za-z!#$%&'*+.^_`|~-]{1,24}) (\S+) HTTP\/1\.[01]$/;
export const statusLine = /^HTTP\/(\d\.\d) (\d{3})(?: (.*))?$/;

/** Whether bytes begin like a request. */
export const beginsLikeRequest = (bytes: Buffer): boolean =>
  /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH|CONNECT|PROPFIND|RPC_\w*) /.test(bytes.toString('latin1', 0, 16));

/** Whether bytes begin like an answer. */
export const beginsLikeAnswer = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 5) === 'HTTP/';

/** First line and the rest of a head. */
export function linesOf(head: string): { first: string; lines: string[] } {
  const [first = '', ...lines] = head.split(/\r?\n/);
  return { first, lines };
}

export function endOfHead(buffer: Buffer): { head: number; next: number } | undefined {
  const crlf = buffer.indexOf('\r\n\r\n');
  const lf = buffer.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return { head: crlf, next: crlf + 4 };
  return lf < 0 ? undefined : { head: lf, next: lf + 2 };
}

export const headersIn = (lines: readonly string[]): HeaderList =>
  lines.flatMap((line): HeaderList => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()]] : [];
  });

/** What begins an answer and is none; null when it is one, or may become one. */
export function noHttp(buffer: Buffer): { says: string; alert: string | null } | null {
  const text = buffer.toString('latin1', 0, 5);
  if ('HTTP/'.startsWith(text) || text.startsWith('HTTP/')) return null;
  const alert = buffer[0] === 0x15 && buffer[1] === 3 ? alertName(buffer[6] ?? -1) : null;
  return { says: alert === null ? JSON.stringify(buffer.toString('latin1', 0, 24)) : `the TLS alert ${alert}`, alert };
}
