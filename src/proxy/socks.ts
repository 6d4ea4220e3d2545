/**
 * SOCKS 4, 4a (the memos of Koblas and Lee) and 5 (RFC 1928, with passwords by RFC 1929), CONNECT only. A request
 * becomes an exchange like that of CONNECT, so rules and behaviours apply; what they answer in HTTP is said in the
 * reply codes of SOCKS, which know less.
 *
 * In the trace: `method` is SOCKS4 or SOCKS5, `status` the reply code as it goes over the wire.
 */
import type { Duplex } from 'node:stream';

import { canonicalV6 } from '../net/address.ts';
import type { Answer, AnswerHead } from './answer.ts';
import type { Leg, ProxyContext } from './context.ts';
import { finish, writeAnswered } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { valueOf } from './headers.ts';
import type { ProxyRequest } from './request.ts';
import { readBytes, readUntilZero } from './first-bytes.ts';
import { openTunnel, relay } from './tunnel.ts';

export type SocksAuth = 'none' | 'password';

/** A request as its bytes had it. */
export interface SocksRequest {
  version: 4 | 5;
  command: number;
  host: string;
  port: number;
}

/** Reads the greeting and the request, and answers what is wrong with them; undefined then. */
export async function readSocks(leg: Leg, context: ProxyContext, auth: SocksAuth): Promise<SocksRequest | undefined> {
  const [version] = (await readBytes(leg.stream, 1)) ?? [];
  const request = version === 4 ? await readVersion4(leg.stream, auth) : await readVersion5(leg, context, auth);
  if (!request) {
    finish(leg);
    return undefined;
  }
  return request;
}

async function readVersion4(stream: Duplex, auth: SocksAuth): Promise<SocksRequest | undefined> {
  const head = await readBytes(stream, 7);
  const user = head && (await readUntilZero(stream));
  if (!head || user === undefined) return undefined;
  const address = [...head.subarray(3)];
  // 4a: an address that cannot be one says that the name follows.
  const named = address.slice(0, 3).every((octet) => octet === 0) && address[3] !== 0;
  const host = named ? await readUntilZero(stream) : address.join('.');
  if (host === undefined) return undefined;
  // Version 4 names a user and has no password: whoever must show one cannot.
  if (auth === 'password') {
    stream.write(replyOf(4, 93));
    return undefined;
  }
  return { version: 4, command: head[0] ?? 0, host: host.toLowerCase(), port: head.readUInt16BE(1) };
}

async function readVersion5(leg: Leg, context: ProxyContext, auth: SocksAuth): Promise<SocksRequest | undefined> {
  const { stream } = leg;
  const [count = 0] = (await readBytes(stream, 1)) ?? [];
  const offered = await readBytes(stream, count);
  const wanted = auth === 'password' ? 2 : 0;
  if (!offered?.includes(wanted)) {
    stream.write(Buffer.of(5, 0xff));
    return undefined;
  }
  stream.write(Buffer.of(5, wanted));
  if (auth === 'password' && !(await passes(stream, context))) return undefined;
  const [again, command = 0, , type = 0] = (await readBytes(stream, 4)) ?? [];
  if (again !== undefined && again !== 5) {
    stream.write(replyOf(5, 1));
    return undefined;
  }
  const host = await readAddress(stream, type);
  const port = await readBytes(stream, 2);
  if (host !== undefined && port) return { version: 5, command, host, port: port.readUInt16BE() };
  // Address type not supported; whatever follows cannot be read.
  if (![1, 3, 4].includes(type)) stream.write(replyOf(5, 8));
  return undefined;
}

/** RFC 1929. */
async function passes(stream: Duplex, { accounts }: ProxyContext): Promise<boolean> {
  const [version, userLength = 0] = (await readBytes(stream, 2)) ?? [];
  const user = (await readBytes(stream, userLength))?.toString() ?? '';
  const [length = 0] = (await readBytes(stream, 1)) ?? [];
  const password = (await readBytes(stream, length))?.toString();
  const right = version === 1 && Object.hasOwn(accounts, user) && accounts[user] === password;
  stream.write(Buffer.of(1, right ? 0 : 1));
  return right;
}

async function readAddress(stream: Duplex, type: number): Promise<string | undefined> {
  if (type === 1) return (await readBytes(stream, 4))?.join('.');
  if (type === 4) {
    const bytes = await readBytes(stream, 16);
    return bytes && canonicalV6((bytes.toString('hex').match(/.{4}/g) ?? []).join(':'));
  }
  if (type !== 3) return undefined;
  const [length = 0] = (await readBytes(stream, 1)) ?? [];
  return (await readBytes(stream, length))?.toString('latin1').toLowerCase();
}

/** The request as rules see it. */
export const requestOf = ({ version, host, port }: SocksRequest): ProxyRequest => {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    kind: 'connect',
    method: `SOCKS${version}`,
    target,
    scheme: 'https',
    path: '',
    authority: target,
    version: '1.1',
    headers: [],
    host,
    port,
  };
};

export function socksExchange(
  context: ProxyContext,
  leg: Leg,
  { version, command }: SocksRequest,
  request: ProxyRequest,
) {
  const say = (code: number): { head: AnswerHead; bytes: Buffer } => ({
    head: { status: code, reason: reasons[code] ?? '', headers: [] },
    bytes: replyOf(version, code),
  });
  const refuse = (code: number): Promise<void> => {
    const { head, bytes } = say(code);
    writeAnswered({ context, leg, request }, head);
    leg.stream.write(bytes);
    finish(leg);
    return Promise.resolve();
  };
  const exchange: Exchange = {
    context,
    leg,
    request,
    async forward(shape = {}) {
      if (command !== 1) return refuse(version === 4 ? 91 : 7);
      const upstream = await exchange.open(shape);
      if (upstream) relay(leg, upstream, shape, context.clock);
    },
    open: (opening) => openTunnel(exchange, { ...opening, saying: () => Promise.resolve(say(version === 4 ? 90 : 0)) }),
    body: () => Promise.resolve(Buffer.of()),
    answer: (answer) => refuse(version === 4 ? 91 : codeOf(answer)),
  };
  return exchange;
}

/** RFC 1928 section 6: general failure, not allowed, network unreachable, host unreachable, refused, TTL expired. */
function codeOf({ status, headers = [] }: Answer): number {
  const said = /error=(\w+)/.exec(valueOf(headers, 'proxy-status') ?? '')?.[1] ?? '';
  const codes: Record<string, number> = {
    http_request_denied: 2,
    destination_ip_prohibited: 2,
    destination_ip_unroutable: 3,
    dns_error: 4,
    dns_timeout: 4,
    connection_timeout: 4,
    connection_refused: 5,
  };
  return codes[said] ?? (status === 403 || status === 407 ? 2 : 1);
}

const reasons: Record<number, string> = {
  0: 'succeeded',
  1: 'general failure',
  2: 'not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  7: 'command not supported',
  8: 'address type not supported',
  90: 'request granted',
  91: 'request rejected or failed',
};

/** The bound address is left zero, as most servers do. */
const replyOf = (version: 4 | 5, code: number): Buffer =>
  version === 4 ? Buffer.of(0, code, 0, 0, 0, 0, 0, 0) : Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0);
