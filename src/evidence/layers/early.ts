/**
 * TLS in a tunnel that other bytes came out of before: clients keep them, and take them for the beginning of the
 * handshake, or throw them away. Which of both, the client's next word tells.
 */
import type { Layer } from '../connection.ts';

/** So many bytes wait for it; a server says less before the client answers. */
const mostHeld = 128 * 1024;

const alert = 0x15;

/** `hello` is what the client has said so far. */
export function behindEarly(tls: Layer, early: Buffer, hello: Buffer): Layer {
  let said: Buffer[] | null = [];
  let held = early.length;
  const decide = (kept: boolean): void => {
    if (said === null) return;
    const waiting = kept ? [early, ...said] : said;
    said = null;
    for (const bytes of waiting) tls.data('down', bytes);
  };
  tls.data('up', hello);
  return {
    data(dir, bytes) {
      if (said && dir === 'down') {
        said.push(Buffer.from(bytes));
        held += bytes.length;
        if (held > mostHeld) decide(true);
        return;
      }
      // What comes before the server has said anything is the rest of the hello.
      if (said && said.length > 0) decide(bytes[0] === alert);
      tls.data(dir, bytes);
    },
    gap(dir, length) {
      decide(true);
      tls.gap(dir, length);
    },
    end(dir) {
      decide(true);
      tls.end(dir);
    },
  };
}
