/**
 * One TCP connection as its segments: what the trace tells of it (opened, bytes, FIN, RST), with the sequence numbers
 * and acknowledgements that two healthy stacks would have used. Bytes are acknowledged when they are sent, for the
 * trace does not tell when they arrive; in the lab that is the same moment.
 */
import { reversed } from './address.ts';
import type { Flow } from './address.ts';
import { flags } from './headers.ts';
import type { Segment } from './headers.ts';

export type Direction = 'up' | 'down';

export interface Sent extends Segment {
  flow: Flow;
}

interface Side {
  /** Number of the next byte this side sends. */
  next: number;
  finished: boolean;
  reset: boolean;
}

/** Largest payload of a segment on Ethernet; IPv6 headers are 20 bytes longer. */
const largest = ({ from }: Flow): number => (from.ip.length === 16 ? 1440 : 1460);
const firstWindow = 64_240;
/** In units of 256 bytes, as the handshake agrees. */
const window = 1026;
const { fin, syn, rst, psh, ack } = flags;
const other = { up: 'down', down: 'up' } as const;

/** A SYN. Sent again it is the same to the last bit, which is how Wireshark knows a retransmission. */
export const synOf = (flow: Flow): Sent => ({
  flow,
  seq: firstNumber(flow),
  ack: 0,
  flags: syn,
  window: firstWindow,
  options: synOptions(flow),
});

/** The answer of a machine on whose port nobody listens. */
export const refusalOf = (flow: Flow): Sent => ({
  flow: reversed(flow),
  seq: 0,
  ack: firstNumber(flow) + 1,
  flags: rst | ack,
  window: 0,
});

export class Conversation {
  readonly #flow: Flow;
  readonly #sides: Record<Direction, Side>;

  constructor(flow: Flow) {
    this.#flow = flow;
    const side = (next: number): Side => ({ next, finished: false, reset: false });
    this.#sides = { up: side(firstNumber(flow) + 1), down: side(firstNumber(reversed(flow)) + 1) };
  }

  opened(): Sent[] {
    const answer = synOf(reversed(this.#flow));
    return [synOf(this.#flow), { ...answer, flags: syn | ack, ack: this.#sides.up.next }, this.#segment('up', ack)];
  }

  /** Bytes of one write, in full segments; the other end acknowledges every second one and the last. */
  data(dir: Direction, bytes: Uint8Array): Sent[] {
    const sent: Sent[] = [];
    const size = largest(this.#flow);
    for (let at = 0, nth = 1; at < bytes.length; at += size, nth += 1) {
      const payload = bytes.subarray(at, at + size);
      const last = at + size >= bytes.length;
      sent.push({ ...this.#segment(dir, last ? ack | psh : ack), payload });
      this.#sides[dir].next += payload.length;
      if (last || nth % 2 === 0) sent.push(this.#answer(dir));
    }
    return sent;
  }

  fin(dir: Direction): Sent[] {
    const side = this.#sides[dir];
    // An end that was reset, or has reset, has nothing to finish.
    if (side.finished || side.reset || this.#sides[other[dir]].reset) return [];
    side.finished = true;
    const sent = this.#segment(dir, fin | ack);
    side.next += 1;
    return [sent, this.#answer(dir)];
  }

  rst(dir: Direction): Sent[] {
    this.#sides[dir].reset = true;
    return [this.#segment(dir, rst | ack)];
  }

  /** An acknowledgement of everything so far, or RST where nobody is left. */
  #answer(dir: Direction): Sent {
    return this.#segment(other[dir], this.#sides[other[dir]].reset ? rst | ack : ack);
  }

  #segment(dir: Direction, bits: number): Sent {
    return {
      flow: dir === 'up' ? this.#flow : reversed(this.#flow),
      seq: this.#sides[dir].next,
      ack: this.#sides[other[dir]].next,
      flags: bits,
      window: (bits & rst) === 0 ? window : 0,
    };
  }
}

/** MSS, window scale 8, and SACK permitted, as Windows and Linux offer them. */
function synOptions(flow: Flow): Uint8Array {
  const mss = largest(flow);
  return Uint8Array.of(2, 4, mss >> 8, mss & 255, 1, 3, 3, 8, 4, 2, 1, 1);
}

/** The initial sequence number: the same in every capture of a run, different for every flow (FNV-1a). */
function firstNumber({ from, to }: Flow): number {
  let hash = 0x811c9dc5;
  for (const byte of [...from.ip, from.port >> 8, from.port & 255, ...to.ip, to.port >> 8, to.port & 255]) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
