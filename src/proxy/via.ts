/** `Via` (RFC 9110 section 7.6.3): who passed a message on, and how a proxy finds that it asks itself. */
import type { HeaderList } from '../trace/events.ts';
import { errorAnswer } from './answer.ts';
import type { ProxyContext } from './context.ts';
import type { Exchange } from './exchange.ts';
import { listOf } from './headers.ts';

/** The headers with this proxy's own entry, unless it keeps silent about itself. */
export const withVia = (headers: HeaderList, version: string, { via, pseudonym }: ProxyContext): HeaderList =>
  via ? [...headers, ['Via', `${version} ${pseudonym}`]] : headers;

/** Answers 502 when the request has been here before; says whether it has. */
export async function refuseLoop({ request, context, answer }: Exchange): Promise<boolean> {
  const self = context.pseudonym.toLowerCase();
  if (!listOf(request.headers, 'via').some((entry) => entry.split(/\s+/)[1] === self)) return false;
  await answer(errorAnswer(context.pseudonym, 502, 'proxy_loop_detected', 'the request has been here before'));
  return true;
}
