/**
 * The head of a plain CONNECT, read without node:http: half of the work of a tunnel that carries little is a parser and
 * what it hangs on a socket. Read is only what every parser reads the same way; whatever is longer, cut, framed or odd
 * goes to node:http, which also says what is wrong with it.
 */
import type { HeaderList } from '../trace/events.ts';
import type { RequestHead } from './request.ts';

const requestLine = /^CONNECT ([\w.:[\]-]+) HTTP\/1\.1\r\n/;
const field = /([\w!#$%&'*+.^`|~-]+): ?((?:[!-~](?:[ -~]*[!-~])?)?)\r\n/y;
/** Fields by which a request has a body, or is more than a CONNECT. */
const framing = new Set(['content-length', 'transfer-encoding', 'upgrade', 'expect', 'connection']);
const begin = 'C'.charCodeAt(0);

export interface ConnectHead {
  head: RequestHead;
  /** Bytes of the head; what follows is the tunnel's. */
  length: number;
}

/** Undefined for whatever node:http shall read, or answer. */
export function readConnectHead(bytes: Buffer, limit: number): ConnectHead | undefined {
  if (bytes[0] !== begin) return undefined;
  const end = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  if (end < 0 || end + 4 > limit) return undefined;
  const text = bytes.toString('latin1', 0, end + 2);
  const line = requestLine.exec(text);
  if (!line) return undefined;
  const headers: HeaderList = [];
  field.lastIndex = line[0].length;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (!found) return undefined;
    const [, name = '', value = ''] = found;
    if (framing.has(name.toLowerCase())) return undefined;
    headers.push([name, value]);
  }
  return {
    head: { kind: 'connect', method: 'CONNECT', target: line[1] ?? '', version: '1.1', headers },
    length: end + 4,
  };
}
