/** A SYN that nobody answers: the client's own retransmissions, on the lab's clock, until it gives up. */
import type { Clock } from '../clock.ts';
import { fail } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import type { Pen } from '../trace/trace.ts';
import type { DialOptions, SynSchedule } from './net.ts';

export async function unanswered(
  { clock, pen }: { clock: Clock; pen: Pen },
  from: string,
  to: string,
  schedule: SynSchedule,
  { timeout = Infinity, signal }: DialOptions,
): Promise<Outcome<never>> {
  const started = clock.now();
  const limit = Math.min(schedule.giveUpAt, timeout);
  const until = (at: number): Promise<void> => clock.sleep(started + at - clock.now(), signal);
  pen.write('tcp.syn', { from, to, retransmission: 0, simulated: true });
  for (const [index, at] of schedule.retransmitAt.entries()) {
    if (at >= limit) break;
    await until(at);
    pen.write('tcp.syn', { from, to, retransmission: index + 1, simulated: true });
  }
  await until(limit);
  pen.write('tcp.timeout', { from, to, afterMs: limit });
  return fail('tcp.timeout', `no answer from ${to} within ${limit / 1000} s`);
}
