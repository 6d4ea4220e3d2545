/** What a client makes of the head of a proxy's answer, where clients differ. */
import type { Duplex } from 'node:stream';

import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { Answer, LenientReader } from '../http/index.ts';

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
  /** What the proxy says up to the first empty line is its answer to CONNECT, whatever it begins with. */
  firstHead?: true;
  /** An interim answer to CONNECT is a refusal; it waits for the next one unless given. */
  interimEnds?: true;
  /** So many bytes of a refusal reach the caller, who takes it for an answer; one that is longer is cut off. */
  refusalBytes?: number;
  /** The largest header section of an answer, in bytes. */
  largestHead?: number;
  /** The limit is one for all answers to CONNECT of a request together. */
  headsAddUp?: true;
}

/** What is asked by CONNECT: all but http. */
export const needsTunnel = ({ absoluteHttps }: TunnelHabits, { protocol }: URL): boolean =>
  protocol !== 'http:' && !(protocol === 'https:' && absoluteHttps === true);

export const opensTunnel = ({ opens }: TunnelHabits, status: number): boolean =>
  opens === '200 only' ? status === 200 : status >= 200 && status < 300;

/** What is left for the next header section, after those of these answers. */
export function headLeft({ largestHead, headsAddUp }: TunnelHabits, before: readonly Answer[]): number | undefined {
  if (largestHead === undefined || headsAddUp === undefined) return largestHead;
  return before.reduce((left, answer) => left - headSize(answer), largestHead);
}

export const isCutOff = ({ refusalBytes = Infinity }: TunnelHabits, answer: Answer): boolean =>
  headSize(answer) + answer.body.length > refusalBytes;

/** In bytes, with the line ends and the empty line behind it. */
const headSize = ({ version, status, reason, headers }: Answer): number =>
  headers.reduce((size, [name, value]) => size + `${name}: ${value}\r\n`.length, 0) +
  `HTTP/${version} ${status} ${reason}\r\n\r\n`.length;

/** What becomes of the bytes behind the head; `http.malformed` where the client does not want any. */
export function takeEarly({ early }: TunnelHabits, stream: Duplex): Outcome<null> {
  const bytes = stream.readableLength;
  if (bytes === 0 || early === undefined) return ok(null);
  if (early === 'refused') return fail('http.malformed', `${bytes} bytes came behind the head of the answer`);
  stream.read();
  return ok(null);
}
