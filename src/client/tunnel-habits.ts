/** What a client makes of the head of a proxy's answer, where clients differ. */
import type { Duplex } from 'node:stream';

import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { LenientReader } from '../http/index.ts';

export interface TunnelHabits {
  /** Statuses that open a tunnel; any 2xx (RFC 9110 section 9.3.6) unless given. */
  opens?: '200 only';
  /**
   * Bytes that came in one piece with the head of the 200. `refused`: the tunnel fails. `lost`: they are thrown away.
   * Unless given they belong to the tunnel, as RFC 9110 has it.
   */
  early?: 'refused' | 'lost';
  /** Asks the proxy for https URLs in absolute form, as for http ones. */
  absoluteHttps?: true;
  /** What it takes for the status line of an answer to CONNECT beside those of RFC 9112. */
  statusLine?: LenientReader;
  /** The largest header section of an answer, in bytes. */
  largestHead?: number;
}

/** What is asked by CONNECT: all but http. */
export const needsTunnel = ({ absoluteHttps }: TunnelHabits, { protocol }: URL): boolean =>
  protocol !== 'http:' && !(protocol === 'https:' && absoluteHttps === true);

export const opensTunnel = ({ opens }: TunnelHabits, status: number): boolean =>
  opens === '200 only' ? status === 200 : status >= 200 && status < 300;

/** What becomes of the bytes behind the head; `http.malformed` where the client does not want any. */
export function takeEarly({ early }: TunnelHabits, stream: Duplex): Outcome<null> {
  const bytes = stream.readableLength;
  if (bytes === 0 || early === undefined) return ok(null);
  if (early === 'refused') return fail('http.malformed', `${bytes} bytes came behind the head of the answer`);
  stream.read();
  return ok(null);
}
