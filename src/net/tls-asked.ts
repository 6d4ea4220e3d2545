/** Whether a server has asked for a certificate: up to TLS 1.2 it does so in the clear (RFC 5246 7.4.4). */
import type { Connection } from './connection.ts';

const handshakeRecord = 22;
const certificateRequest = 13;
/** A message has four bytes before its body, a record five. */
const messageHead = 4;
const recordHead = 5;

/** Listens until the first record that is no handshake: what follows is encrypted, or no TLS. */
export function watchAsked(connection: Connection): () => boolean {
  let asked = false;
  let records: Buffer = Buffer.of();
  let messages: Buffer = Buffer.of();
  const look = (chunk: Buffer): void => {
    records = Buffer.concat([records, chunk]);
    while (records.length >= recordHead) {
      if (records[0] !== handshakeRecord) return done();
      const end = recordHead + records.readUInt16BE(3);
      if (records.length < end) return;
      messages = Buffer.concat([messages, records.subarray(recordHead, end)]);
      records = records.subarray(end);
      while (messages.length >= messageHead) {
        const next = messageHead + messages.readUIntBE(1, 3);
        if (messages.length < next) break;
        if (messages[0] === certificateRequest) {
          asked = true;
          return done();
        }
        messages = messages.subarray(next);
      }
    }
  };
  const done = (): void => void connection.removeListener('data', look);
  connection.on('data', look);
  return () => asked;
}
