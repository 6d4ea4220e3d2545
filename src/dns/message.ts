/**
 * DNS messages as values. dns2 is the codec and nothing else; what it gets wrong is settled here: TXT over 255 bytes,
 * IPv6 text, OPT records, and packets that are no messages (a failure value, never an exception).
 */
import { Packet } from 'dns2';

import { internet, questionAt, recordsAt, toCodec } from './codec.ts';
import { qtypeNumber } from './record.ts';
import type { QType, Question, ResourceRecord } from './record.ts';
import { Malformed, headerLength, layoutOf } from './wire.ts';

const optType = 41;

const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;
export type Rcode = (typeof rcodes)[number] | `RCODE${number}`;

export interface Message {
  /** 16 bits. */
  id: number;
  response: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  rcode: Rcode;
  questions: Question[];
  answers: ResourceRecord[];
  authority: ResourceRecord[];
  /** The OPT record (RFC 6891): how large a UDP answer may be. */
  edns: { udpSize: number } | null;
}

/** `id` is null when not even that could be read. */
export type Decoded = { ok: true; message: Message } | { ok: false; id: number | null; response: boolean; why: string };

/** A query with recursion desired. */
export const queryFor = (id: number, name: string, qtype: QType, udpSize?: number): Message => ({
  id,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  rcode: 'NOERROR',
  questions: [{ name, qtype }],
  answers: [],
  authority: [],
  edns: udpSize === undefined ? null : { udpSize },
});

/** An answer to a query, empty and healthy. */
export const replyTo = (query: Message, parts: Partial<Message> = {}): Message => ({
  ...query,
  response: true,
  authoritative: true,
  truncated: false,
  recursionAvailable: true,
  rcode: 'NOERROR',
  answers: [],
  authority: [],
  edns: query.edns ? { udpSize: ednsPayload } : null,
  ...parts,
});

/** The UDP size that avoids fragments (DNS flag day 2020). */
export const ednsPayload = 1232;

/** The bytes of a message. Throws when a name or a value cannot be written: that is a bug of the caller. */
export function encode(message: Message): Buffer {
  const packet = new Packet();
  packet.header = new Packet.Header({
    id: message.id,
    qr: message.response ? 1 : 0,
    opcode: message.opcode,
    aa: message.authoritative ? 1 : 0,
    tc: message.truncated ? 1 : 0,
    rd: message.recursionDesired ? 1 : 0,
    ra: message.recursionAvailable ? 1 : 0,
    rcode: rcodeNumber(message.rcode),
  });
  packet.questions = message.questions.map(
    ({ name, qtype }) => ({ name, type: qtypeNumber(qtype), class: internet }) as never,
  );
  packet.answers = message.answers.map(toCodec);
  packet.authorities = message.authority.map(toCodec);
  if (message.edns)
    packet.additionals = [{ name: '', type: optType, class: message.edns.udpSize, ttl: 0, rdata: [] }] as never;
  return packet.toBuffer();
}

/** Reads a message. Records of types that nobody here asks for, and additional ones other than OPT, are left out. */
export function decode(bytes: Buffer): Decoded {
  const id = bytes.length >= 2 ? bytes.readUInt16BE(0) : null;
  const flags = bytes.length >= 4 ? bytes.readUInt16BE(2) : (bytes[2] ?? 0) << 8;
  const response = (flags & 0x8000) !== 0;
  try {
    const layout = layoutOf(bytes);
    const opt = layout.additional.find((record) => record.type === optType);
    return {
      ok: true,
      message: {
        id: id ?? 0,
        response,
        opcode: (flags >> 11) & 0xf,
        authoritative: (flags & 0x0400) !== 0,
        truncated: (flags & 0x0200) !== 0,
        recursionDesired: (flags & 0x0100) !== 0,
        recursionAvailable: (flags & 0x0080) !== 0,
        rcode: rcodeName(flags & 0xf),
        questions: layout.questions.map((start) => questionAt(bytes, start)),
        answers: recordsAt(bytes, layout.answers),
        authority: recordsAt(bytes, layout.authority),
        edns: opt ? { udpSize: opt.class } : null,
      },
    };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ok: false, id, response, why: error.message };
  }
}

/** FORMERR for a packet of which only the id is known (RFC 1035 section 4.1.1). */
export function formatError(id: number): Buffer {
  const bytes = Buffer.alloc(headerLength);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(0x8001, 2);
  return bytes;
}

const rcodeName = (number: number): Rcode => rcodes[number] ?? `RCODE${number}`;

const rcodeNumber = (rcode: Rcode): number => {
  const known = (rcodes as readonly string[]).indexOf(rcode);
  return known >= 0 ? known : Number(rcode.slice('RCODE'.length));
};
