/** DNS messages (RFC 1035 4) as far as events tell of them. What lies about its lengths is null. */
import { grouped } from './ip.ts';

export interface DnsMessage {
  id: number;
  isAnswer: boolean;
  truncated: boolean;
  rcode: string;
  name: string;
  qtype: string;
  /** Addresses, and the targets of aliases before them. */
  answers: string[];
}

const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const kinds: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  64: 'SVCB',
  65: 'HTTPS',
  255: 'ANY',
};
const mostAnswers = 64;

export function dnsMessageIn(bytes: Buffer): DnsMessage | null {
  if (bytes.length < 12) return null;
  const bits = bytes.readUInt16BE(2);
  const message: DnsMessage = {
    id: bytes.readUInt16BE(0),
    isAnswer: (bits & 0x8000) !== 0,
    truncated: (bits & 0x0200) !== 0,
    rcode: rcodes[bits & 15] ?? `RCODE${bits & 15}`,
    name: '',
    qtype: '',
    answers: [],
  };
  const questions = bytes.readUInt16BE(4);
  if (questions !== 1) return null;
  const name = nameAt(bytes, 12);
  if (!name || name.next + 4 > bytes.length) return null;
  message.name = name.text;
  message.qtype = kindOf(bytes.readUInt16BE(name.next));
  message.answers = answersIn(bytes, name.next + 4, Math.min(mostAnswers, bytes.readUInt16BE(6)));
  return message;
}

const kindOf = (number: number): string => kinds[number] ?? `TYPE${number}`;

/** As many as there are; a record that is cut off ends the list. */
function answersIn(bytes: Buffer, from: number, count: number): string[] {
  const answers: string[] = [];
  let at = from;
  for (let nth = 0; nth < count; nth += 1) {
    const name = nameAt(bytes, at);
    if (!name || name.next + 10 > bytes.length) break;
    const type = bytes.readUInt16BE(name.next);
    const length = bytes.readUInt16BE(name.next + 8);
    const data = name.next + 10;
    at = data + length;
    if (at > bytes.length) break;
    if (type === 1 && length === 4) answers.push(bytes.subarray(data, at).join('.'));
    else if (type === 28 && length === 16) answers.push(grouped(bytes, data));
    else if (type === 5) answers.push(nameAt(bytes, data)?.text ?? '');
  }
  return answers;
}

/** A name with its pointers followed; each must point backwards, so that none leads round in a circle. */
function nameAt(bytes: Buffer, from: number): { text: string; next: number } | null {
  const labels: string[] = [];
  let at = from;
  let next = -1;
  let limit = from;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return null;
    if (length === 0) break;
    if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0);
      if (next < 0) next = at + 2;
      if (target >= limit) return null;
      limit = target;
      at = target;
      continue;
    }
    if (length > 63 || at + 1 + length > bytes.length) return null;
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { text: labels.join('.'), next: next < 0 ? at + 1 : next };
}
