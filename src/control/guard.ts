/**
 * Who may use the control server. The token keeps other users of the machine out; the checks of `Host` and `Origin` keep
 * web pages out, whose requests come from this very machine (DNS rebinding, cross-site requests).
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { isAddress, splitHostPort } from '../net/address.ts';

export interface GuardOptions {
  token: string;
  /** Names under which the server may be addressed, besides `localhost`. */
  hosts: readonly string[];
}

export interface Refusal {
  status: 401 | 403 | 421;
  message: string;
}

export const cookieName = 'paclab';

/**
 * Undefined for a request that may pass. Any port will do, since a container's may be mapped to another, and any address:
 * whoever points a name here (DNS rebinding) has that name in `Host`.
 */
export function refusalOf(headers: IncomingHttpHeaders, { token, hosts }: GuardOptions): Refusal | undefined {
  const { host = '', origin } = headers;
  const name = splitHostPort(host)?.host.toLowerCase();
  if (name === undefined || !(isAddress(name) || name === 'localhost' || hosts.includes(name)))
    return { status: 421, message: `this server is not called '${host}'` };
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, message: `requests from pages of ${origin} are refused` };
  const given = tokenIn(headers);
  if (given === undefined || !same(given, token))
    return { status: 401, message: 'the token of this lab is needed: Authorization: Bearer …' };
  return undefined;
}

/** From the Authorization field, or the cookie that the page has. */
function tokenIn({ authorization, cookie }: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return bearer ?? new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(cookie ?? '')?.[1];
}

/** In a time that does not tell how much of it is right. */
export function same(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
