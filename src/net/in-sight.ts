/** A connection for those who would read the handle of a socket past its seam: TLS. */
import { Duplex } from 'node:stream';

import type { Connection } from './connection.ts';

/** A stream over the connection that is no socket. */
export function inSight(connection: Connection): Duplex {
  let ended = false;
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => void connection.resume(),
    write: (chunk: Buffer, _encoding, done) => void connection.write(chunk, done),
    writev: (chunks, done) => void connection.write(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
    final: (done) => void connection.end(done),
    destroy(error, done) {
      connection.destroy();
      done(error);
    },
  });
  const finish = (): void => {
    ended = true;
    stream.push(null);
  };
  if (connection.readableEnded) finish();
  connection
    .on('data', (chunk: Buffer) => {
      if (!stream.push(chunk)) connection.pause();
    })
    .once('end', finish)
    .once('error', (error) => stream.destroy(error))
    .once('close', () => {
      if (!ended || stream.writable) stream.destroy();
    });
  stream.on('error', () => undefined);
  return stream;
}
