/** DHCP (RFC 2131) as it passes: what a machine asked for, and what servers told it of the proxy script, names and suffix. */
import type { Slot } from './slot.ts';

export interface DhcpTalk {
  /** The machine's address; null while nobody has given it one. */
  client: string | null;
  /** Its hardware address: that of one adapter. */
  adapter: string;
  /** It has an address, and asks for options only (DHCPINFORM). */
  informs: boolean;
  /** Option 252 is among what it asks for. */
  wantsScript: boolean;
  /** Every time it was asked. */
  asked: Slot[];
  answers: DhcpAnswer[];
}

export interface DhcpAnswer {
  slot: Slot;
  adapter: string;
  server: string;
  /** Byte by byte, a NUL at the end included; null when the option is not there. */
  option252: string | null;
  /** Options 6 and 15. */
  dns: string[];
  suffix: string | null;
}

interface Message {
  reply: boolean;
  id: number;
  client: string | null;
  adapter: string;
  options: ReadonlyMap<number, Buffer>;
}

const types = { request: 3, ack: 5, inform: 8 } as const;
const codes = {
  dns: 6,
  domain: 15,
  overload: 52,
  type: 53,
  server: 54,
  parameters: 55,
  script: 252,
  pad: 0,
  end: 255,
} as const;
const fixedLength = 236;
const cookie = 0x63825363;
/** Talks that are kept. */
const most = 4000;

export class Leases {
  /** By the number of the transaction, which machines draw by chance. */
  readonly #talks = new Map<string, DhcpTalk>();

  /** In the order in which they were asked. */
  get all(): DhcpTalk[] {
    return [...this.#talks.values()];
  }

  /** `from` is the address of the sender. False when it is no DHCP message. */
  heard(bytes: Buffer, from: string, slot: Slot): boolean {
    const message = messageIn(bytes);
    const type = message?.options.get(codes.type)?.[0];
    if (!message || type === undefined) return false;
    if (!message.reply && (type === types.inform || type === types.request)) this.#ask(message, type, slot);
    if (message.reply && type === types.ack) this.#answer(message, from, slot);
    return true;
  }

  #ask({ id, client, adapter, options }: Message, type: number, slot: Slot): void {
    const key = `${id}`;
    const known = this.#talks.get(key);
    if (known) {
      known.asked.push(slot);
      return;
    }
    if (this.#talks.size >= most) return;
    const wantsScript = options.get(codes.parameters)?.includes(codes.script) === true;
    this.#talks.set(key, { client, adapter, informs: type === types.inform, wantsScript, asked: [slot], answers: [] });
  }

  #answer({ id, client, adapter, options }: Message, from: string, slot: Slot): void {
    const talk = this.#talks.get(`${id}`);
    if (!talk) return;
    const server = options.get(codes.server);
    const place = server?.length === 4 ? [...server].join('.') : from;
    // The same answer on two interfaces, or to a question that was repeated.
    if (talk.answers.some((one) => one.server === place && one.adapter === adapter)) return;
    talk.client ??= client;
    talk.answers.push({
      slot,
      adapter,
      server: place,
      option252: options.get(codes.script)?.toString('latin1') ?? null,
      dns: addressesIn(options.get(codes.dns)),
      suffix: options.get(codes.domain)?.toString('latin1').replace(/\0+$/, '') ?? null,
    });
  }
}

function messageIn(bytes: Buffer): Message | null {
  if (bytes.length < fixedLength + 4 || bytes.readUInt32BE(fixedLength) !== cookie) return null;
  const [own, given] = [addressAt(bytes, 12), addressAt(bytes, 16)];
  return {
    reply: bytes[0] === 2,
    id: bytes.readUInt32BE(4),
    client: own ?? given,
    adapter: bytes
      .subarray(28, 34)
      .toString('hex')
      .replaceAll(/(?<=\w\w)(?=\w)(?=(?:\w\w)*$)/g, ':'),
    options: optionsIn(bytes),
  };
}

const addressAt = (bytes: Buffer, at: number): string | null =>
  bytes.readUInt32BE(at) === 0 ? null : [...bytes.subarray(at, at + 4)].join('.');

/** Parts of one option are put together (RFC 3396); file and sname may hold more of them (option 52). */
function optionsIn(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  take(bytes.subarray(fixedLength + 4), options);
  const overload = options.get(codes.overload)?.[0] ?? 0;
  if ((overload & 1) !== 0) take(bytes.subarray(108, fixedLength), options);
  if ((overload & 2) !== 0) take(bytes.subarray(44, 108), options);
  return options;
}

function take(bytes: Buffer, into: Map<number, Buffer>): void {
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at] ?? codes.end;
    if (code === codes.end) return;
    if (code === codes.pad) {
      at += 1;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    const value = bytes.subarray(at + 2, at + 2 + length);
    into.set(code, Buffer.concat([into.get(code) ?? Buffer.alloc(0), value]));
    at += 2 + length;
  }
}

const addressesIn = (value: Buffer | undefined): string[] =>
  Array.from({ length: Math.floor((value?.length ?? 0) / 4) }, (_, nth) =>
    [...(value ?? Buffer.alloc(0)).subarray(4 * nth, 4 * nth + 4)].join('.'),
  );
