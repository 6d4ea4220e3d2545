/**
 * An answer of an OCSP responder (RFC 6960 4.2.1) that says `good`, as text, one character a byte (latin1). Hashes,
 * serial number and signature are zeros; nobody in the lab checks them.
 */
import { ed25519, element, sequence } from './asn1.ts';

const zeros = (count: number): string => element(0x04, '\0'.repeat(count));
const time = (text: string): string => element(0x18, text);

const sha1 = sequence(element(0x06, 0x2b, 0x0e, 0x03, 0x02, 0x1a), element(0x05));
const certificate = sequence(sha1, zeros(20), zeros(20), element(0x02, 1));
const good = element(0x80);
const byKey = element(0xa2, zeros(20));

const basic = sequence(
  sequence(byKey, time('20260301000000Z'), sequence(sequence(certificate, good, time('20260301000000Z')))),
  ed25519,
  element(0x03, '\0'.repeat(65)),
);

const ocspBasic = element(0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01);

export const ocspResponse = sequence(element(0x0a, 0), element(0xa0, sequence(ocspBasic, element(0x04, basic))));
