/**
 * An empty certificate revocation list (RFC 5280 5.1, version 1) as text, each byte of it below 128: who only fetches
 * it sees one, and so does Wireshark. Its signature is zeros; nobody in the lab checks it.
 */
const element = (tag: number, ...contents: (string | number)[]): string => {
  const content = contents.map((part) => (typeof part === 'number' ? String.fromCharCode(part) : part)).join('');
  return String.fromCharCode(tag, content.length) + content;
};

const sequence = (...contents: string[]): string => element(0x30, ...contents);
const time = (text: string): string => element(0x17, text);

const ed25519 = sequence(element(0x06, 0x2b, 0x65, 0x70));
const commonName = element(0x06, 0x55, 0x04, 0x03);
const issuer = sequence(element(0x31, sequence(commonName, element(0x0c, 'public-ca'))));

export const revocationList = sequence(
  sequence(ed25519, issuer, time('260101000000Z'), time('360101000000Z')),
  ed25519,
  // The one number before the bits says how many of them do not count. Shorter than a real one, so that no length
  // needs a second byte.
  element(0x03, '\0'.repeat(33)),
);
