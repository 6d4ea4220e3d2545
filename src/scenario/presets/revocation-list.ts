/**
 * An empty certificate revocation list (RFC 5280 5.1, version 1) as text, each byte of it below 128: who only fetches
 * it sees one, and so does Wireshark. Its signature is zeros; nobody in the lab checks it.
 */
import { ed25519, element, sequence } from './asn1.ts';

const time = (text: string): string => element(0x17, text);

const commonName = element(0x06, 0x55, 0x04, 0x03);
const issuer = sequence(element(0x31, sequence(commonName, element(0x0c, 'public-ca'))));

export const revocationList = sequence(
  sequence(ed25519, issuer, time('260101000000Z'), time('360101000000Z')),
  ed25519,
  // The one number before the bits says how many of them do not count. Shorter than a real one, so that no length
  // needs a second byte.
  element(0x03, '\0'.repeat(33)),
);
