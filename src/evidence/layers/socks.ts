/** SOCKS 4, 4a and 5 (RFC 1928): greeting, request and answer; what follows is the tunnel's. */
import { grouped } from '../ip.ts';
import type { Connection, Direction, Layer } from '../connection.ts';
import { sniff } from './sniff.ts';
import type { Surroundings } from './sniff.ts';

interface Asked {
  host: string;
  port: number;
  /** Bytes of the request. */
  length: number;
}

export class SocksLayer implements Layer {
  readonly #around: Surroundings;
  readonly #connection: Connection;
  readonly #held: Record<Direction, Buffer> = { up: Buffer.alloc(0), down: Buffer.alloc(0) };
  #greeted = false;
  #inner: Layer | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#connection = around.connection;
  }

  data(dir: Direction, bytes: Buffer): void {
    if (this.#inner) {
      this.#inner.data(dir, bytes);
      return;
    }
    this.#held[dir] = Buffer.concat([this.#held[dir], bytes]).subarray(0, 1024);
    if (dir === 'up') this.#ask();
    else this.#answer();
  }

  gap(dir: Direction, length: number): void {
    this.#inner?.gap(dir, length);
  }

  end(dir: Direction): void {
    this.#inner?.end(dir);
  }

  #ask(): void {
    const { up } = this.#held;
    const version = up[0] === 4 ? 4 : 5;
    const from = version === 5 ? 2 + (up[1] ?? 0) : 0;
    const asked = version === 4 ? fourth(up) : fifth(withoutLogin(up.subarray(from)));
    if (!asked || this.#connection.socks) return;
    const { host, port } = asked;
    this.#connection.socks = { version, host, port, slot: this.#around.slots.next(), reply: null };
  }

  #answer(): void {
    const { down } = this.#held;
    const talk = this.#connection.socks;
    if (talk === null) {
      if (down[0] !== 5 || down.length < 2 || this.#greeted) return;
      this.#greeted = true;
      // No method is acceptable.
      if (down[1] === 0xff) {
        const slot = this.#around.slots.next();
        this.#connection.socks = { version: 5, host: '', port: 0, slot, reply: { code: 0xff, slot } };
      }
      return;
    }
    if (talk.reply) return;
    const answer = talk.version === 4 ? down : down.subarray(afterMethods(down));
    const whole = talk.version === 4 ? 8 : lengthOfReply(answer);
    if (whole === undefined || answer.length < whole) return;
    const code = answer[1] ?? 0;
    const slot = this.#around.slots.next();
    talk.reply = { code, slot };
    if (code !== 0 && code !== 90) return;
    this.#inner = sniff({ ...this.#around, tunnel: { host: talk.host, port: talk.port, slot } });
    const rest = answer.subarray(whole);
    if (rest.length > 0) this.#inner.data('down', rest);
  }
}

/** The answer to the greeting, and to a login (RFC 1929) where one was asked for. */
const afterMethods = (down: Buffer): number => (down[1] === 2 ? 4 : 2);

const withoutLogin = (rest: Buffer): Buffer =>
  rest[0] === 1 ? rest.subarray(3 + (rest[1] ?? 0) + (rest[2 + (rest[1] ?? 0)] ?? 0)) : rest;

function fifth(request: Buffer): Asked | undefined {
  if (request[0] !== 5 || request.length < 7) return undefined;
  const kind = request[3];
  const name = request[4] ?? 0;
  const sizes: Record<number, number> = { 1: 4, 3: 1 + name, 4: 16 };
  const size = sizes[kind ?? 0];
  if (size === undefined || request.length < 6 + size) return undefined;
  const port = request.readUInt16BE(4 + size);
  return { host: hostIn(request, kind ?? 0, name), port, length: 6 + size };
}

function hostIn(request: Buffer, kind: number, name: number): string {
  if (kind === 1) return request.subarray(4, 8).join('.');
  return kind === 3 ? request.toString('latin1', 5, 5 + name) : grouped(request, 4);
}

function fourth(request: Buffer): Asked | undefined {
  const user = request.indexOf(0, 8);
  if (request.length < 9 || user < 0) return undefined;
  const address = request.subarray(4, 8);
  const port = request.readUInt16BE(2);
  // 0.0.0.x: the name follows (SOCKS 4a).
  if (address[0] !== 0 || address[1] !== 0 || address[2] !== 0 || address[3] === 0)
    return { host: address.join('.'), port, length: user + 1 };
  const end = request.indexOf(0, user + 1);
  return end < 0 ? undefined : { host: request.toString('latin1', user + 1, end), port, length: end + 1 };
}

function lengthOfReply(answer: Buffer): number | undefined {
  if (answer.length < 5) return undefined;
  const sizes: Record<number, number> = { 1: 4, 3: 1 + (answer[4] ?? 0), 4: 16 };
  const size = sizes[answer[3] ?? 0];
  return size === undefined ? answer.length : 6 + size;
}
