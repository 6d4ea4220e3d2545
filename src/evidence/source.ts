/** A file as a stream that can be asked for the next so many bytes. Holds no more than a piece and what was asked for. */
import { InputError } from '../failure.ts';

export class Source {
  readonly name: string;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #passed = 0;

  constructor(name: string, pieces: AsyncIterable<Uint8Array>) {
    this.name = name;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** How many bytes of the file were taken. */
  get offset(): number {
    return this.#passed + this.#at;
  }

  /** Whether `length` bytes are at hand without waiting. */
  has(length: number): boolean {
    return this.#buffer.length - this.#at >= length;
  }

  /** Waits until `length` bytes are at hand; false when the file ends before. */
  async fill(length: number): Promise<boolean> {
    if (this.has(length)) return true;
    const parts = [this.#buffer.subarray(this.#at)];
    let held = this.#buffer.length - this.#at;
    this.#passed += this.#at;
    this.#at = 0;
    while (held < length) {
      const next = await this.#pieces.next();
      if (next.done === true) break;
      parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
      held += next.value.byteLength;
    }
    this.#buffer = Buffer.concat(parts);
    return held >= length;
  }

  /** The next bytes, which must be at hand. They stay valid until the next `fill`. */
  take(length: number): Buffer {
    const bytes = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** Looks without taking. */
  peek(length: number): Buffer {
    return this.#buffer.subarray(this.#at, this.#at + length);
  }

  /** Everything that is at hand. */
  rest(): Buffer {
    return this.take(this.#buffer.length - this.#at);
  }

  /** Takes `length` bytes, or says what is missing. */
  async need(length: number, what: string): Promise<Buffer> {
    if (!this.has(length) && !(await this.fill(length)))
      throw this.broken(`the file ends within ${what}: ${length - (this.#buffer.length - this.#at)} bytes are missing`);
    return this.take(length);
  }

  /** A mistake in the file, with its place. `at` is the offset that it is about. */
  broken(says: string, at = this.offset): InputError {
    return new InputError([{ message: `${this.name}, offset ${at}: ${says}` }]);
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
