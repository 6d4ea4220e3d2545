/** TLS as it passes: the handshake in the clear, the rest where a key log opens it. */
import type { Direction, Handshake, Layer } from '../connection.ts';
import { isReadable, openerOf13, openersOf12 } from './ciphers.ts';
import { alertName, certificatesIn, clientHelloIn, readCertificates, serverHelloIn } from './hello.ts';
import { sniff } from './sniff.ts';
import type { Surroundings } from './sniff.ts';
import { isRecord, newHandshake, newSide, records } from './tls-state.ts';
import type { Side } from './tls-state.ts';

const messages = { clientHello: 1, serverHello: 2, certificate: 11, request: 13, finished: 20, keyUpdate: 24 } as const;
const longestMessage = 1024 * 1024;
const modern = 0x0304;
/** A record of TLS 1.3 that holds an alert: two bytes, the type, and the tag. */
const sealedAlert = 19;

export class TlsLayer implements Layer {
  readonly #around: Surroundings;
  readonly #sides: Record<Direction, Side> = { up: newSide(), down: newSide() };
  readonly #handshake: Handshake;
  #inner: Layer | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#handshake = newHandshake(around.tunnel, around.slots.next());
    around.connection.handshakes.push(this.#handshake);
  }

  data(dir: Direction, bytes: Buffer): void {
    const side = this.#sides[dir];
    if (side.lost) return;
    const passed = Math.min(side.passing, bytes.length);
    side.passing -= passed;
    if (passed === bytes.length) return;
    const fresh = bytes.subarray(passed);
    let buffer = side.buffer.length === 0 ? fresh : Buffer.concat([side.buffer, fresh]);
    while (buffer.length >= 5) {
      const length = buffer.readUInt16BE(3);
      if (!isRecord(buffer, length)) {
        this.#garbled(dir, buffer);
        return;
      }
      if (dir === 'up' && this.#handshake.established && buffer[0] === records.data && length !== sealedAlert)
        this.#handshake.used = true;
      if (this.#isShut(side, buffer)) {
        side.passing = Math.max(0, 5 + length - buffer.length);
        buffer = buffer.subarray(5 + length);
        continue;
      }
      if (buffer.length < 5 + length) break;
      this.#record(dir, buffer.subarray(0, 5), buffer.subarray(5, 5 + length));
      buffer = buffer.subarray(5 + length);
    }
    side.buffer = Buffer.from(buffer);
  }

  /** Records that are missing whole are counted where that is possible; a torn one is skipped. */
  gap(dir: Direction, length: number): void {
    const side = this.#sides[dir];
    if (side.passing >= length) {
      side.passing -= length;
      return;
    }
    const { buffer } = side;
    const left = buffer.length >= 5 ? 5 + buffer.readUInt16BE(3) - buffer.length : 0;
    if (length > left || left === 0) {
      side.lost = true;
      return;
    }
    side.opener?.skip();
    this.#inner?.gap(dir, 1);
    if (length === left) side.buffer = Buffer.alloc(0);
    else side.lost = true;
  }

  end(dir: Direction): void {
    this.#inner?.end(dir);
  }

  /** Content that no key opens, after the handshake. */
  #isShut({ sealed, opener }: Side, buffer: Buffer): boolean {
    return buffer[0] === records.data && sealed && !opener && this.#handshake.established !== null;
  }

  #garbled(dir: Direction, buffer: Buffer): void {
    const side = this.#sides[dir];
    side.lost = true;
    if (this.#handshake.established) return;
    const says = JSON.stringify(buffer.toString('latin1', 0, 24));
    this.#handshake.garbled ??= { dir, says, slot: this.#around.slots.next() };
  }

  #record(dir: Direction, header: Buffer, fragment: Buffer): void {
    const side = this.#sides[dir];
    const type = header[0] ?? 0;
    const handshake = this.#handshake;
    if (!handshake.established) handshake.latest = this.#around.slots.next();
    if (type === records.change) {
      this.#changed(dir);
      return;
    }
    const sealed = side.sealed && (type === records.data || !this.#isModern());
    if (!sealed) {
      this.#content(dir, type, fragment);
      return;
    }
    const opened = side.opener?.open(header, fragment);
    if (opened) {
      handshake.opened = true;
      this.#content(dir, opened.type, opened.content);
    } else this.#closed(dir, fragment.length);
  }

  #isModern(): boolean {
    return (this.#handshake.server?.version ?? 0) >= modern;
  }

  /** From here on this side of TLS 1.2 seals; under 1.3 it means nothing. */
  #changed(dir: Direction): void {
    const { server, finished } = this.#handshake;
    if (!server || this.#isModern()) return;
    this.#sides[dir].sealed = true;
    finished[dir] ??= this.#around.slots.next();
    if (finished.up && finished.down) this.#establish();
  }

  /** A record that nobody can open: its length tells an alert from the end of the handshake. */
  #closed(dir: Direction, length: number): void {
    const handshake = this.#handshake;
    if (dir !== 'up' || !this.#isModern() || handshake.established || handshake.alert) return;
    const slot = this.#around.slots.next();
    if (length === sealedAlert) handshake.alert = { dir, name: null, slot, encrypted: true };
    else this.#establish();
  }

  #establish(): void {
    this.#handshake.established ??= this.#around.slots.next();
  }

  #content(dir: Direction, type: number, content: Buffer): void {
    if (type === records.handshake) this.#messages(dir, content);
    else if (type === records.alert) this.#alert(dir, content);
    else if (type === records.data && this.#sides[dir].sealed) {
      this.#inner ??= sniff({ ...this.#around, secure: this.#handshake });
      this.#inner.data(dir, content);
    }
  }

  #alert(dir: Direction, content: Buffer): void {
    if (content.length < 2) return;
    const name = alertName(content[1] ?? 0);
    if (name === 'close_notify') {
      if (dir === 'up') this.#handshake.closing ??= this.#around.slots.next();
      this.#inner?.end(dir);
    } else this.#handshake.alert ??= { dir, name, slot: this.#around.slots.next(), encrypted: false };
  }

  #messages(dir: Direction, content: Buffer): void {
    const side = this.#sides[dir];
    side.message = side.message.length === 0 ? Buffer.from(content) : Buffer.concat([side.message, content]);
    while (side.message.length >= 4) {
      const length = side.message.readUIntBE(1, 3);
      if (length > longestMessage) {
        side.lost = true;
        return;
      }
      if (side.message.length < 4 + length) return;
      const type = side.message[0] ?? 0;
      const body = side.message.subarray(4, 4 + length);
      side.message = side.message.subarray(4 + length);
      this.#message(dir, type, body);
    }
  }

  #message(dir: Direction, type: number, body: Buffer): void {
    const handshake = this.#handshake;
    if (type === messages.clientHello && dir === 'up') handshake.hello = clientHelloIn(body) ?? handshake.hello;
    else if (type === messages.serverHello && dir === 'down') this.#serverHello(body);
    else if (type === messages.certificate) this.#certificate(dir, body);
    else if (type === messages.request) handshake.wanted = true;
    else if (type === messages.finished) this.#finished(dir);
    else if (type === messages.keyUpdate) this.#sides[dir].opener = this.#sides[dir].opener?.next?.();
  }

  #serverHello(body: Buffer): void {
    const read = serverHelloIn(body);
    const handshake = this.#handshake;
    if (!read || handshake.server) return;
    handshake.server = { ...read, slot: this.#around.slots.next() };
    const random = handshake.hello?.random;
    if (!isReadable(read.cipher)) this.#around.notes.add('TLS with a cipher suite that is not opened here');
    if (read.version >= modern) {
      this.#sides.up.sealed = true;
      this.#sides.down.sealed = true;
      this.#take('up', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET');
      this.#take('down', 'SERVER_HANDSHAKE_TRAFFIC_SECRET');
    } else if (random !== undefined) {
      const master = this.#around.keys.of('CLIENT_RANDOM', random);
      const openers = master && openersOf12(read.cipher, master, { client: random, server: read.random });
      this.#sides.up.opener = openers?.up;
      this.#sides.down.opener = openers?.down;
    }
  }

  #take(dir: Direction, label: string): void {
    const { hello, server } = this.#handshake;
    const secret = hello && this.#around.keys.of(label, hello.random);
    this.#sides[dir].opener = secret && server ? openerOf13(server.cipher, secret) : undefined;
  }

  #certificate(dir: Direction, body: Buffer): void {
    const handshake = this.#handshake;
    const chain = certificatesIn(body, handshake.server?.version ?? 0);
    const read = readCertificates(chain);
    if (dir === 'up') handshake.shown = read?.view ?? null;
    else if (handshake.certificates.length === 0) {
      handshake.certificates = chain.slice(0, 1).map((one) => Buffer.from(one));
      handshake.view = read?.view ?? null;
      handshake.weak = read?.weak ?? false;
    }
  }

  #finished(dir: Direction): void {
    const { finished } = this.#handshake;
    if (!this.#isModern()) return;
    finished[dir] ??= this.#around.slots.next();
    this.#take(dir, dir === 'up' ? 'CLIENT_TRAFFIC_SECRET_0' : 'SERVER_TRAFFIC_SECRET_0');
    if (finished.up && finished.down) this.#establish();
  }
}
