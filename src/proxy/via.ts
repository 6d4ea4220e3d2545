/** `Via` (RFC 9110 section 7.6.3): who passed a message on, and how a proxy finds that it asks itself. */
import type { HeaderList } from '../trace/events.ts';
import { errorAnswer } from './answer.ts';
import type { ProxyContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import { listOf } from './headers.ts';

/** The headers with this proxy's own entry, unless it keeps silent about itself. */
export const withVia = (headers: HeaderList, version: string, { via, pseudonym }: ProxyContext): HeaderList =>
  via ? [...headers, ['Via', `${version} ${pseudonym}`]] : headers;

/** Answers 502 when the request has been here before; undefined when it has not. */
export function refuseLoop({ request, context, answer }: Exchange): Promise<void> | undefined {
  const entries = listOf(request.headers, 'via');
  if (entries.length === 0) return undefined;
  const self = context.pseudonym.toLowerCase();
  if (!entries.some((entry) => entry.split(/\s+/)[1] === self)) return undefined;
  return answer(errorAnswer(context.pseudonym, 502, 'proxy_loop_detected', 'the request has been here before'));
}
