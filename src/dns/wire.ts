/**
 * The shape of a DNS message (RFC 1035 section 4), checked before the codec sees it: dns2 skips what it cannot read
 * and then reads on from the wrong place, and believes counts that no packet of that size can hold.
 */

export interface RawRecord {
  /** Where the record starts, in bytes from the start of the message. */
  start: number;
  type: number;
  class: number;
  ttl: number;
}

export interface Layout {
  questions: number[];
  answers: RawRecord[];
  authority: RawRecord[];
  additional: RawRecord[];
}

export const headerLength = 12;

/** The message is no DNS message. Caught in `decode`; it never leaves this room. */
export class Malformed extends Error {}

/** Where everything lies. Throws {@link Malformed} when the bytes are no complete message. */
export function layoutOf(bytes: Buffer): Layout {
  if (bytes.length < headerLength) throw new Malformed('shorter than a header');
  const cursor = new Cursor(bytes);
  const count = (at: number): number => bytes.readUInt16BE(at);
  const many = <T>(length: number, read: () => T): T[] => Array.from({ length }, read);
  // Array.from calls `read` in order, and the first lie about a count throws.
  const questions = many(count(4), () => cursor.question());
  const answers = many(count(6), () => cursor.record());
  const authority = many(count(8), () => cursor.record());
  const additional = many(count(10), () => cursor.record());
  return { questions, answers, authority, additional };
}

class Cursor {
  readonly #bytes: Buffer;
  #at = headerLength;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  question(): number {
    const start = this.#at;
    this.#name();
    this.#skip(4);
    return start;
  }

  record(): RawRecord {
    const start = this.#at;
    this.#name();
    const at = this.#skip(10);
    const type = this.#bytes.readUInt16BE(at);
    const end = this.#at + this.#bytes.readUInt16BE(at + 8);
    this.#need(end);
    this.#data(type, end);
    if (this.#at !== end) throw new Malformed(`record data of type ${type} has the wrong length`);
    return { start, type, class: this.#bytes.readUInt16BE(at + 2), ttl: this.#bytes.readUInt32BE(at + 4) };
  }

  #data(type: number, end: number): void {
    const fields = dataFields[type];
    if (!fields) {
      this.#at = end;
      return;
    }
    for (const field of fields) {
      if (field === 'name') this.#name();
      else if (field === 'strings') while (this.#at < end) this.#skip(1 + (this.#bytes[this.#at] ?? 0));
      else this.#skip(field);
    }
  }

  /** A name and its compression pointers, which must point backwards (so they end). */
  #name(): void {
    let at = this.#at;
    let after = 0;
    let length = 1;
    for (;;) {
      this.#need(at + 1);
      const head = this.#bytes[at] ?? 0;
      if (head === 0) break;
      if (head >= 0xc0) {
        this.#need(at + 2);
        const target = this.#bytes.readUInt16BE(at) & 0x3fff;
        if (target >= at || target < headerLength) throw new Malformed('a compression pointer does not point back');
        after ||= at + 2;
        at = target;
        continue;
      }
      if (head > 63) throw new Malformed('a label of an unknown kind');
      this.#need(at + 1 + head);
      length += head + 1;
      if (length > 255) throw new Malformed('a name over 255 octets');
      // The codec joins labels with dots, so a dot inside of one would come back as two labels.
      if (this.#bytes.subarray(at + 1, at + 1 + head).includes(0x2e)) throw new Malformed('a label with a dot in it');
      at += 1 + head;
    }
    this.#at = after || at + 1;
  }

  #skip(length: number): number {
    const start = this.#at;
    this.#need(start + length);
    this.#at += length;
    return start;
  }

  #need(end: number): void {
    if (end > this.#bytes.length) throw new Malformed('the message ends too early');
  }
}

/** What the data of a record consist of, for the types that have names or a fixed length (by type number). */
const dataFields: Record<number, readonly ('name' | 'strings' | number)[]> = {
  1: [4],
  2: ['name'],
  5: ['name'],
  6: ['name', 'name', 20],
  12: ['name'],
  15: [2, 'name'],
  16: ['strings'],
  28: [16],
  33: [6, 'name'],
};
