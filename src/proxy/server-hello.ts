/** A ServerHello made by hand, for what no TLS library will send. */

/** The last bytes of the random of a server that knows TLS 1.3 and answers with TLS 1.2 (RFC 8446 4.1.3). */
const downgradeMark = Buffer.from('DOWNGRD\x01', 'latin1');
const suite = 0xc0_2b; // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

/**
 * TLS 1.2 from somebody who knows TLS 1.3: an inspector that passes on the random bytes of the destination and takes
 * its version down. A client that offered TLS 1.3 must end the handshake.
 */
export function downgradedHello(): Buffer {
  const random = Buffer.concat([Buffer.alloc(24, 0x5a), downgradeMark]);
  // RFC 5746 3.6: an empty renegotiation_info, which clients insist on.
  const extensions = Buffer.of(0x00, 0x05, 0xff, 0x01, 0x00, 0x01, 0x00);
  const sessionId = Buffer.of(0);
  const cipher = Buffer.of(suite >> 8, suite & 0xff, 0);
  const body = Buffer.concat([Buffer.of(0x03, 0x03), random, sessionId, cipher, extensions]);
  return record(22, Buffer.concat([Buffer.of(2, 0, 0, body.length), body]));
}

const record = (type: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of(type, 0x03, 0x03, content.length >> 8, content.length & 0xff), content]);
