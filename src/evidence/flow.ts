/** One TCP connection while its packets come: who dialled, whether it stood, its bytes in order, its ends. */
import type { Capture } from './capture.ts';
import type { Connection, Direction, Layer } from './connection.ts';
import { beginsLikeAnswer, beginsLikeRequest } from './layers/http-head.ts';
import { sniff } from './layers/sniff.ts';
import type { Surroundings } from './layers/sniff.ts';
import { Reassembly } from './reassembly.ts';
import type { Segment } from './segment.ts';

/** The note that a connection without a beginning leaves. */
const midway = 'a connection that stood before the capture began';
/** The same packet seen on two interfaces; no stack repeats a SYN as soon as that. */
const sameMs = 100;

export class Flow {
  readonly connection: Connection;
  readonly #capture: Capture;
  readonly #streams: Record<Direction, Reassembly>;
  #layer: Layer | null = null;
  /** Sequence number of the SYN of the side that dialled. */
  #first: number | null = null;
  #closed = false;

  /** A flow that begins with this segment; undefined when that tells nothing. */
  static begin(segment: Segment, id: number, capture: Capture): Flow | undefined {
    const { syn, acks, rst, payload } = segment;
    if (!syn && (rst || payload.length === 0)) return undefined;
    const back = syn ? acks : isFromServer(segment);
    const [from, to, toPort] = back
      ? [segment.to, segment.from, segment.fromPort]
      : [segment.from, segment.to, segment.toPort];
    const [fromIp, toIp] = back ? [segment.toIp, segment.fromIp] : [segment.fromIp, segment.toIp];
    const slot = capture.slots.next();
    const connection: Connection = {
      id,
      from,
      to,
      fromIp,
      toIp,
      toPort,
      state: syn && !acks ? 'silent' : syn ? 'opened' : 'midway',
      syns: [],
      begun: slot,
      ends: [],
      bytes: { up: 0, down: 0 },
      spokeFirst: null,
      exchanges: [],
      handshakes: [],
      socks: null,
      lastData: { up: null, down: null },
      last: slot,
      lost: 0,
    };
    if (!syn) capture.note(midway, slot.frame);
    return new Flow(connection, capture);
  }

  private constructor(connection: Connection, capture: Capture) {
    this.connection = connection;
    this.#capture = capture;
    const stream = (dir: Direction): Reassembly =>
      new Reassembly(
        (bytes) => this.#deliver(dir, bytes),
        (length) => this.#gap(dir, length),
        capture.allowance,
      );
    this.#streams = { up: stream('up'), down: stream('down') };
  }

  /** A SYN with another number on the same ports is another connection. */
  isOver({ syn, acks, seq, from }: Segment): boolean {
    const { state } = this.connection;
    if (!syn || acks) return false;
    if (state === 'refused' || state === 'prohibited') return true;
    return from !== this.connection.from || seq !== this.#first;
  }

  /** Reset, or closed by both sides. */
  get isDone(): boolean {
    const { ends, state } = this.connection;
    if (state === 'silent' || state === 'refused' || state === 'prohibited') return false;
    return ends.some(({ how }) => how === 'rst') || new Set(ends.map(({ dir }) => dir)).size === 2;
  }

  take(segment: Segment): void {
    const { connection } = this;
    const dir: Direction = segment.from === connection.from ? 'up' : 'down';
    connection.last = this.#capture.slots.next();
    if (segment.syn) this.#syn(dir, segment);
    else if (segment.rst) this.#rst(dir);
    else this.#carry(dir, segment);
  }

  prohibited(): void {
    if (this.connection.state !== 'silent') return;
    this.connection.state = 'prohibited';
    this.connection.begun = this.#capture.slots.next();
  }

  /** No more packets of it will come. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#streams.up.flush();
    this.#streams.down.flush();
    this.#layer?.end('up');
    this.#layer?.end('down');
    this.#layer = null;
    this.#capture.settled(this.connection);
  }

  #syn(dir: Direction, { seq, ack }: Segment): void {
    const { connection } = this;
    this.#streams[dir].begin(seq + 1);
    if (dir === 'down') {
      if (connection.state === 'silent') {
        connection.state = 'opened';
        connection.begun = this.#capture.slots.next();
      }
      this.#streams.up.begin(ack);
      return;
    }
    this.#first ??= seq;
    const slot = this.#capture.slots.next();
    const before = connection.syns.at(-1);
    if (!before || slot.at - before.at > sameMs) connection.syns.push(slot);
  }

  #rst(dir: Direction): void {
    const { connection } = this;
    const slot = this.#capture.slots.next();
    if (connection.state === 'silent' && dir === 'down') {
      connection.state = 'refused';
      connection.begun = slot;
    } else if (!connection.ends.some((end) => end.dir === dir && end.how === 'rst')) {
      connection.ends.push({ dir, how: 'rst', slot });
    }
    if (connection.state !== 'silent') this.close();
  }

  #carry(dir: Direction, segment: Segment): void {
    const { connection } = this;
    const other = dir === 'up' ? 'down' : 'up';
    // The answer to the SYN is not in the capture, and what follows shows that there was one.
    if (connection.state === 'silent' && segment.acks) connection.state = 'opened';
    if (this.#closed) return;
    if (segment.payload.length > 0 || segment.missing > 0)
      this.#streams[dir].push(segment.seq, segment.payload, segment.missing);
    if (segment.acks) this.#streams[other].acknowledged(segment.ack);
    if (!segment.fin || connection.ends.some((end) => end.dir === dir)) return;
    connection.ends.push({ dir, how: 'fin', slot: this.#capture.slots.next() });
    this.#streams[dir].flush();
    this.#layer?.end(dir);
  }

  #deliver(dir: Direction, bytes: Buffer): void {
    const { connection } = this;
    connection.spokeFirst ??= dir;
    connection.bytes[dir] += bytes.length;
    connection.lastData[dir] = this.#capture.slots.next();
    this.#layer ??= sniff(this.#around());
    this.#layer.data(dir, bytes);
  }

  #around(): Surroundings {
    const { slots, notes, keys, lookups, moments, allowance } = this.#capture;
    return { connection: this.connection, slots, notes, keys, lookups, moments, allowance, tunnel: null, secure: null };
  }

  #gap(dir: Direction, length: number): void {
    this.connection.lost += length;
    this.#layer?.gap(dir, length);
  }
}

/** Which side of a connection that stood before is the server: by what it says, else by the lower port. */
function isFromServer({ payload, fromPort, toPort }: Segment): boolean {
  if (beginsLikeRequest(payload)) return false;
  const isHello = payload[0] === 0x16 && payload[1] === 3;
  if (isHello) return payload[5] === 2;
  if (beginsLikeAnswer(payload)) return true;
  return fromPort < toPort;
}
