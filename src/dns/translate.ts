/** Answers for programs outside the lab: the same, with addresses that they can reach. */
import { decode, encode } from './message.ts';
import type { ResourceRecord } from './record.ts';

/** Where programs outside the lab reach an address of the story by IPv4 or IPv6; null when they cannot. */
export type AddressOutside = (ip: string, family: 4 | 6) => string | null;

/**
 * A message without addresses, and what is no message, stays as it is, byte for byte. `ipv4Of` gives the A records of a
 * name: what stands at an IPv4 address of the story may be reached by IPv6.
 */
export function withAddresses(
  bytes: Buffer,
  outside: AddressOutside,
  ipv4Of: (name: string) => readonly ResourceRecord[],
): Buffer {
  const decoded = decode(bytes);
  if (!decoded.ok) return bytes;
  const { message } = decoded;
  const [question] = message.questions;
  const hasAddresses = message.answers.some((record) => 'address' in record);
  if (!hasAddresses && question?.qtype === 'AAAA' && message.rcode === 'NOERROR') {
    const found = translated(ipv4Of(question.name), outside, 'AAAA').filter((record) => 'address' in record);
    return found.length === 0 ? bytes : encode({ ...message, answers: [...message.answers, ...found], authority: [] });
  }
  return hasAddresses ? encode({ ...message, answers: translated(message.answers, outside) }) : bytes;
}

const translated = (records: readonly ResourceRecord[], outside: AddressOutside, wanted?: 'AAAA'): ResourceRecord[] =>
  records.flatMap((record): ResourceRecord[] => {
    if (!('address' in record)) return [record];
    const type = wanted ?? record.type;
    const address = outside(record.address, type === 'AAAA' ? 6 : 4);
    return address === null ? [] : [{ ...record, type, address }];
  });
