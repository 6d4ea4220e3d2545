/** `Max-Forwards` (RFC 9110 section 7.6.2): TRACE and OPTIONS go on so many times, and the last hop answers itself. */
import type { HeaderList } from '../trace/events.ts';
import type { Exchange } from './exchange.ts';
import { valueOf } from './headers.ts';

const counts = ({ method }: { method: string }): boolean => method === 'TRACE' || method === 'OPTIONS';

/** Section 9.3.8: what must not be told again. */
const secret = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** Answers in place of the destination when no hop is left; undefined when one is, or nobody counts. */
export function answerAsLast({ request, answer }: Exchange): Promise<void> | undefined {
  if (!counts(request) || !/^0+$/.test(valueOf(request.headers, 'max-forwards') ?? '')) return undefined;
  if (request.method === 'OPTIONS') return answer({ status: 200 });
  const fields = request.headers.filter(([name]) => !secret.has(name.toLowerCase()));
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const body = `TRACE ${request.target} HTTP/${request.version}\r\n${lines}\r\n`;
  return answer({ status: 200, headers: [['Content-Type', 'message/http']], body });
}

/** The fields with one hop less. */
export const oneHopLess = (request: { method: string }, headers: HeaderList): HeaderList =>
  counts(request)
    ? headers.map(([name, value]) =>
        name.toLowerCase() === 'max-forwards' && /^\d{1,9}$/.test(value)
          ? [name, String(Number(value) - 1)]
          : [name, value],
      )
    : headers;
