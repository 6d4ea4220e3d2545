/** Answers for programs outside the lab: the same, with addresses that they can reach. */
import { decode, encode } from './message.ts';
import type { ResourceRecord } from './record.ts';

/** Where programs outside the lab reach an address of the story; null when they cannot. */
export type AddressOutside = (ip: string) => string | null;

/** A message without addresses, and what is no message, stays as it is, byte for byte. */
export function withAddresses(bytes: Buffer, outside: AddressOutside): Buffer {
  const decoded = decode(bytes);
  if (!decoded.ok || !decoded.message.answers.some((record) => 'address' in record)) return bytes;
  const answers = decoded.message.answers.flatMap((record): ResourceRecord[] => {
    if (!('address' in record)) return [record];
    const address = outside(record.address);
    return address === null ? [] : [{ ...record, address }];
  });
  return encode({ ...decoded.message, answers });
}
