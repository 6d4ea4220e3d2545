/**
 * The client's side of SOCKS: version 4 and 4a (the memos of Koblas and Lee), version 5 (RFC 1928) with the password
 * method (RFC 1929). The stream is the way to the destination afterwards.
 */
import type { Duplex } from 'node:stream';

import type { Clock } from '../clock.ts';
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { isAddress } from '../net/address.ts';
import { readBytes } from './bytes.ts';
import type { Credentials } from './auth/scheme.ts';

export interface SocksRequest {
  version: 4 | 5;
  /** A name for the proxy to resolve, or an address. */
  host: string;
  port: number;
  credentials: Credentials | null;
}

const isIPv6 = (host: string): boolean => isAddress(host) && host.includes(':');
const isIPv4 = (host: string): boolean => isAddress(host) && !host.includes(':');

/** `refused` is the reply code of a proxy that says no. */
export type SocksOutcome = Outcome<void> & { refused?: number };

interface Limits {
  /** Milliseconds of lab time for each answer; Infinity: none. */
  timeout: number;
  clock: Clock;
}

export function openSocks(stream: Duplex, request: SocksRequest, limits: Limits): Promise<SocksOutcome> {
  return request.version === 4 ? version4(stream, request, limits) : version5(stream, request, limits);
}

async function version4(
  stream: Duplex,
  { host, port, credentials }: SocksRequest,
  limits: Limits,
): Promise<SocksOutcome> {
  const user = Buffer.from(`${credentials?.user ?? ''}\0`);
  // 4a: an address that cannot be one says that the name follows.
  const [address, name] = isIPv4(host)
    ? [Buffer.from(host.split('.').map(Number)), Buffer.alloc(0)]
    : [Buffer.of(0, 0, 0, 1), Buffer.from(`${host}\0`)];
  stream.write(Buffer.concat([Buffer.of(4, 1, port >> 8, port & 0xff), address, user, name]));
  const reply = await readBytes(stream, 8, limits);
  if (!reply.ok) return reply;
  const code = reply.value[1] ?? 0;
  return code === 0x5a ? ok(undefined) : refused(4, code, 'the request was rejected');
}

async function version5(
  stream: Duplex,
  { host, port, credentials }: SocksRequest,
  limits: Limits,
): Promise<SocksOutcome> {
  const methods = credentials ? [0, 2] : [0];
  stream.write(Buffer.from([5, methods.length, ...methods]));
  const chosen = await readBytes(stream, 2, limits);
  if (!chosen.ok) return chosen;
  if (chosen.value[0] !== 5) return fail('http.malformed', 'the answer is not SOCKS 5');
  const method = chosen.value[1] ?? 0xff;
  if (method === 2 && credentials) {
    const [user, password] = [Buffer.from(credentials.user), Buffer.from(credentials.password)];
    stream.write(Buffer.concat([Buffer.of(1, user.length), user, Buffer.of(password.length), password]));
    const verdict = await readBytes(stream, 2, limits);
    if (!verdict.ok) return verdict;
    if (verdict.value[1] !== 0) return refused(5, 0xff, 'user or password were not accepted');
  } else if (method !== 0) return refused(5, method, 'no acceptable method');
  stream.write(Buffer.concat([Buffer.of(5, 1, 0), addressOf(host), Buffer.of(port >> 8, port & 0xff)]));
  return finalReply(stream, limits);
}

async function finalReply(stream: Duplex, limits: Limits): Promise<SocksOutcome> {
  const head = await readBytes(stream, 4, limits);
  if (!head.ok) return head;
  const [version, code = 0, , type] = head.value;
  if (version !== 5) return fail('http.malformed', 'the answer is not SOCKS 5');
  if (code !== 0) return refused(5, code, replies[code] ?? 'an unassigned reply');
  const named = type === 3 ? await readBytes(stream, 1, limits) : undefined;
  if (named && !named.ok) return named;
  const length = type === 1 ? 4 : type === 4 ? 16 : (named?.value[0] ?? 0);
  const rest = await readBytes(stream, length + 2, limits);
  return rest.ok ? ok(undefined) : rest;
}

function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIPv6(host)) return Buffer.concat([Buffer.of(4), v6Bytes(host)]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.of(3, name.length), name]);
}

function v6Bytes(text: string): Buffer {
  const [head = '', tail] = text.split('::');
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const [left, right] = [words(head), words(tail ?? '')];
  const all = tail === undefined ? left : [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/** RFC 1928 section 6. */
const replies: Record<number, string> = {
  1: 'general failure',
  2: 'not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
};

const refused = (version: 4 | 5, code: number, text: string): SocksOutcome => ({
  ...fail('proxy.status', `SOCKS${version} reply ${code}: ${text}`),
  refused: code,
});
