/** A file as a stream that can be asked for the next so many bytes. Holds no more than a piece and what was asked for. */
import { InputError } from '../failure.ts';

export class Source {
  readonly name: string;
  readonly #pieces: AsyncIterator<Uint8Array>;
  /** One for all pieces, or a large file would leave as much garbage as it is large. */
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #passed = 0;

  /** A piece need not last longer than until the next one is asked for. */
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
    return this.#end - this.#at >= length;
  }

  /** Waits until `length` bytes are at hand; false when the file ends before. */
  async fill(length: number): Promise<boolean> {
    if (this.has(length)) return true;
    this.#buffer.copyWithin(0, this.#at, this.#end);
    this.#passed += this.#at;
    this.#end -= this.#at;
    this.#at = 0;
    while (this.#end < length) {
      const next = await this.#pieces.next();
      if (next.done === true) return false;
      this.#add(next.value);
    }
    return true;
  }

  #add(piece: Uint8Array): void {
    const needed = this.#end + piece.byteLength;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(1.5 * this.#buffer.length)));
      this.#buffer.copy(larger, 0, 0, this.#end);
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#end);
    this.#end = needed;
  }

  /** The next bytes, which must be at hand. They stay valid until the next `fill`. */
  take(length: number): Buffer {
    const bytes = this.#buffer.subarray(this.#at, Math.min(this.#at + length, this.#end));
    this.#at += length;
    return bytes;
  }

  /** Looks without taking. */
  peek(length: number): Buffer {
    return this.#buffer.subarray(this.#at, Math.min(this.#at + length, this.#end));
  }

  /** Everything that is at hand. */
  rest(): Buffer {
    return this.take(this.#end - this.#at);
  }

  /** Takes `length` bytes, or says what is missing. */
  async need(length: number, what: string): Promise<Buffer> {
    if (!this.has(length) && !(await this.fill(length)))
      throw this.broken(`the file ends within ${what}: ${length - (this.#end - this.#at)} bytes are missing`);
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
