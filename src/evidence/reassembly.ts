/**
 * One direction of a TCP connection as a stream of bytes: what comes out of order waits, what comes again is dropped,
 * and what never came is a gap. Sequence numbers wrap; differences are taken as signed numbers of 32 bits.
 */
import type { Allowance } from './allowance.ts';

interface Segment {
  seq: number;
  bytes: Buffer;
  missing: number;
}

interface Waiting extends Segment {
  /** There was room for it, which it gives back. */
  counted: boolean;
}

/** What may wait before the hole before it is given up. */
const mostWaiting = 256;
const mostBytes = 4 * 1024 * 1024;

export class Reassembly {
  /** Number of the next byte; undefined until the first packet. */
  #next: number | undefined;
  #waiting: Waiting[] = [];
  #held = 0;
  readonly #deliver: (bytes: Buffer) => void;
  readonly #gap: (length: number) => void;

  readonly #allowance: Allowance;

  constructor(deliver: (bytes: Buffer) => void, gap: (length: number) => void, allowance: Allowance) {
    this.#deliver = deliver;
    this.#gap = gap;
    this.#allowance = allowance;
  }

  /** The number of the first byte, when a SYN tells it. */
  begin(seq: number): void {
    this.#next ??= seq | 0;
  }

  /** Bytes of a segment; `missing` of them were cut off at the end by the sniffer. */
  push(seq: number, bytes: Buffer, missing: number): void {
    this.#next ??= seq | 0;
    const ahead = (seq - this.#next) | 0;
    if (ahead > 0) {
      this.#wait({ seq, bytes: Buffer.from(bytes), missing, counted: this.#allowance.wait(bytes.length) });
      return;
    }
    this.#take({ seq, bytes, missing });
    this.#drain();
  }

  /** The other side has said that it has everything before `ack`: a hole before that will never be filled. */
  acknowledged(ack: number): void {
    const [first] = this.#waiting;
    if (!first || this.#next === undefined || this.#waiting.length < 4) return;
    if (((ack - first.seq) | 0) > 0) this.flush();
  }

  /** Gives out what waits, with gaps for what is missing. */
  flush(): void {
    while (this.#waiting.length > 0) {
      const [first] = this.#waiting as [Waiting, ...Waiting[]];
      const hole = (first.seq - (this.#next ?? first.seq)) | 0;
      if (hole > 0) {
        this.#next = first.seq | 0;
        this.#gap(hole);
      }
      this.#drain();
    }
  }

  #take({ seq, bytes, missing }: Segment): void {
    const next = this.#next ?? seq;
    const seen = (next - seq) | 0;
    const fresh = bytes.length - seen;
    if (fresh > 0) {
      this.#next = (next + fresh) | 0;
      this.#deliver(seen > 0 ? bytes.subarray(seen) : bytes);
    }
    const end = (seq + bytes.length + missing) | 0;
    const cut = (end - (this.#next ?? end)) | 0;
    if (missing > 0 && cut > 0) {
      this.#next = end;
      this.#gap(cut);
    }
  }

  #wait(piece: Waiting): void {
    const index = this.#waiting.findIndex(({ seq }) => ((seq - piece.seq) | 0) > 0);
    if (index < 0) this.#waiting.push(piece);
    else this.#waiting.splice(index, 0, piece);
    this.#held += piece.bytes.length;
    if (!piece.counted || this.#waiting.length > mostWaiting || this.#held > mostBytes) this.flush();
  }

  #drain(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (!first || this.#next === undefined || ((first.seq - this.#next) | 0) > 0) return;
      this.#waiting.shift();
      this.#held -= first.bytes.length;
      if (first.counted) this.#allowance.done(first.bytes.length);
      this.#take(first);
    }
  }
}
