/** Waits for a number of bytes of a stream; what comes behind them stays in it. */
import type { Duplex } from 'node:stream';

import type { Clock } from '../clock.ts';
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { tlsFailure } from '../net/tls.ts';

export function readBytes(
  stream: Duplex,
  count: number,
  { timeout, clock }: { timeout: number; clock: Clock },
): Promise<Outcome<Buffer>> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome<Buffer>): void => {
      for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener);
      callOff?.();
      resolve(outcome);
    };
    const take = (): void => {
      // Null until there are as many; at the end of the stream what is left, or the event that it ended.
      const bytes = stream.read(count) as Buffer | null;
      if (bytes && bytes.length === count) settle(ok(bytes));
      else if (bytes) ended();
    };
    const ended = (): void => {
      settle(
        stream.errored
          ? { ok: false, failure: tlsFailure(stream.errored) }
          : fail('tcp.closed', 'the peer closed without an answer'),
      );
    };
    const listeners = { readable: take, end: ended, error: ended, close: ended };
    const callOff = Number.isFinite(timeout)
      ? clock.after(timeout, () => settle(fail('http.timeout', `no complete answer within ${timeout / 1000} s`)))
      : undefined;
    if (stream.destroyed || stream.readableEnded) return ended();
    for (const [event, listener] of Object.entries(listeners)) stream.on(event, listener);
    take();
  });
}
