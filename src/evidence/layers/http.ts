/** HTTP/1 (RFC 9112) as it passes: requests, answers, and what a CONNECT or an upgrade opens. */
import type { Answer, Connection, Direction, Exchange, Layer } from '../connection.ts';
import { Kept } from './http-kept.ts';
import { bodyOf } from './http-body.ts';
import { half, tunnelOf } from './http-half.ts';
import type { Half } from './http-half.ts';
import {
  beginsLikeAnswer,
  beginsLikeRequest,
  endOfHead,
  headersIn,
  linesOf,
  noHttp,
  requestLine,
  statusLine,
} from './http-head.ts';
import type { Surroundings } from './sniff.ts';
import { sniff } from './sniff.ts';

const longestHead = 1024 * 1024;

export class HttpLayer implements Layer {
  readonly #around: Surroundings;
  readonly #connection: Connection;
  readonly #halves: Record<Direction, Half> = { up: half(), down: half() };
  /** Requests whose answer has not come. */
  readonly #open: Exchange[] = [];
  #answering: { exchange: Exchange | undefined; answer: Answer } | null = null;
  readonly #kept: Kept;
  /** Its body is still to come. */
  #asking: string | null = null;
  /** Everything goes there, once a tunnel stands. */
  #inner: Layer | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#connection = around.connection;
    this.#kept = new Kept(around);
  }

  data(dir: Direction, bytes: Buffer): void {
    if (this.#inner) {
      this.#within(this.#inner, dir, bytes);
      return;
    }
    if (this.#halves[dir].state === 'lost') this.#resume(dir, bytes);
    else this.#feed(dir, bytes);
  }

  gap(dir: Direction, length: number): void {
    if (this.#inner) {
      this.#inner.gap(dir, length);
      return;
    }
    const half = this.#halves[dir];
    if (half.state === 'body' && half.body?.skip(length)) {
      if (dir === 'down' && this.#answering) this.#answering.answer.length += length;
      return;
    }
    half.state = 'lost';
    half.buffer = Buffer.alloc(0);
    if (dir === 'down') this.#answering = null;
  }

  end(dir: Direction): void {
    if (this.#inner) this.#inner.end(dir);
    else if (dir === 'down' && this.#answering && this.#halves.down.body?.untilEnd) this.#finish(true);
  }

  /** After a gap: a packet that begins with a start line. */
  #resume(dir: Direction, bytes: Buffer): void {
    const starts = dir === 'up' ? beginsLikeRequest(bytes) : beginsLikeAnswer(bytes);
    if (!starts) return;
    if (dir === 'down') this.#open.splice(0, Math.max(0, this.#open.length - 1));
    Object.assign(this.#halves[dir], half());
    this.#feed(dir, bytes);
  }

  #feed(dir: Direction, bytes: Buffer): void {
    const half = this.#halves[dir];
    let rest: Buffer | undefined = bytes;
    while (rest && rest.length > 0 && half.state !== 'lost') {
      if (this.#inner) {
        this.#within(this.#inner, dir, rest);
        return;
      }
      rest = half.state === 'body' ? this.#takeBody(dir, half, rest) : this.#takeHead(dir, half, rest);
    }
  }

  #within(inner: Layer, dir: Direction, bytes: Buffer): void {
    this.#around.moments.tunnelled = true;
    inner.data(dir, bytes);
  }

  #takeBody(dir: Direction, half: Half, bytes: Buffer): Buffer | undefined {
    const rest = half.body?.take(bytes, (content) => {
      if (dir === 'down') this.#keep(content);
    });
    if (rest === undefined) return undefined;
    half.state = 'head';
    if (dir === 'down') this.#finish(true);
    else if (this.#asking !== null) this.#asked(this.#asking);
    return rest;
  }

  #asked(method: string): void {
    this.#around.moments.methods.push(method);
    this.#asking = null;
  }

  #takeHead(dir: Direction, half: Half, bytes: Buffer): Buffer | undefined {
    // A tunnel that was asked for: what follows waits for the answer.
    const waits = dir === 'up' && this.#open.at(-1)?.method === 'CONNECT';
    half.buffer = half.buffer.length === 0 ? Buffer.from(bytes) : Buffer.concat([half.buffer, bytes]);
    if (dir === 'down' && this.#isNoHttp(half.buffer)) return undefined;
    if (waits) return undefined;
    const end = endOfHead(half.buffer);
    if (!end) {
      if (half.buffer.length > longestHead) this.#lose(dir, { says: 'a header section of more than 1 MiB' });
      return undefined;
    }
    const head = half.buffer.toString('latin1', 0, end.head);
    const rest = half.buffer.subarray(end.next);
    half.buffer = Buffer.alloc(0);
    if (dir === 'up') this.#request(head);
    else this.#response(head, rest.length);
    return rest;
  }

  /** Something else than an answer: told as what it is, once. */
  #isNoHttp(buffer: Buffer): boolean {
    const other = noHttp(buffer);
    if (other) this.#lose('down', other);
    return other !== null;
  }

  #lose(dir: Direction, { says, alert = null }: { says: string; alert?: string | null }): void {
    const half = this.#halves[dir];
    half.state = 'lost';
    half.buffer = Buffer.alloc(0);
    const waiting = this.#open.shift();
    if (dir === 'down' && waiting) waiting.malformed = { says, alert, slot: this.#around.slots.next() };
  }

  #request(head: string): void {
    const { first, lines } = linesOf(head);
    const match = requestLine.exec(first);
    if (!match) {
      this.#lose('up', { says: first.slice(0, 80) });
      return;
    }
    const [, method = '', target = ''] = match;
    const headers = headersIn(lines);
    const { tunnel, secure, slots } = this.#around;
    const exchange: Exchange = {
      tunnel,
      secure,
      method,
      target,
      headers,
      asked: slots.next(),
      answer: null,
      malformed: null,
    };
    this.#connection.exchanges.push(exchange);
    this.#open.push(exchange);
    const half = this.#halves.up;
    half.body = method === 'CONNECT' ? null : bodyOf(headers, false);
    half.state = half.body ? 'body' : 'head';
    if (half.body) this.#asking = method;
    else this.#asked(method);
  }

  #response(head: string, behind: number): void {
    const { first, lines } = linesOf(head);
    const match = statusLine.exec(first);
    if (!match) {
      this.#lose('down', { says: first.slice(0, 80) });
      return;
    }
    const [, version = '', code = '', reason = ''] = match;
    const status = Number(code);
    if (status >= 100 && status < 200 && status !== 101) {
      this.#around.moments.statuses.push(status);
      return;
    }
    const exchange = this.#open.shift();
    const headers = headersIn(lines);
    const slot = this.#around.slots.next();
    const answer: Answer = {
      status,
      reason,
      version,
      headers,
      behind,
      slot,
      length: 0,
      kept: [],
      keptLength: 0,
      script: /\.(?:dat|pac|js)(?:[?#]|$)/i.test(exchange?.target ?? ''),
      complete: false,
      done: slot,
    };
    if (exchange) exchange.answer = answer;
    else this.#around.notes.add('an answer whose request is not in the capture', slot.frame);
    this.#answering = { exchange, answer };
    this.#follow(exchange, answer);
  }

  /** What comes behind the head of an answer. */
  #follow(exchange: Exchange | undefined, { status, headers }: Answer): void {
    const half = this.#halves.down;
    const opens = (exchange?.method === 'CONNECT' && status >= 200 && status < 300) || status === 101;
    if (opens) {
      this.#finish(true);
      this.#open.length = 0;
      this.#inner = sniff({ ...this.#around, tunnel: tunnelOf(exchange, this.#around) });
      const early = this.#halves.up.buffer;
      if (early.length > 0) this.#inner.data('up', early);
      return;
    }
    const none = exchange?.method === 'HEAD' || status === 204 || status === 304;
    half.body = none ? null : bodyOf(headers, true);
    half.state = half.body ? 'body' : 'head';
    if (!half.body) this.#finish(true);
    // The tunnel was refused: what waited for it may be the next request.
    const waiting = this.#halves.up.buffer;
    if (exchange?.method !== 'CONNECT' || waiting.length === 0) return;
    this.#halves.up.buffer = Buffer.alloc(0);
    if (beginsLikeRequest(waiting)) this.#feed('up', waiting);
  }

  #keep(bytes: Buffer): void {
    const { answer } = this.#answering ?? {};
    if (!answer) return;
    answer.length += bytes.length;
    answer.done = this.#around.slots.next();
    this.#kept.body(answer, bytes);
  }

  #finish(complete: boolean): void {
    if (!this.#answering) return;
    const { exchange, answer } = this.#answering;
    Object.assign(answer, { complete, done: this.#around.slots.next() });
    this.#around.moments.statuses.push(answer.status);
    this.#answering = null;
    if (exchange) this.#kept.whole(exchange);
  }
}
