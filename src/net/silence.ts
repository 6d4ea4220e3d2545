/** A SYN that nobody answers, or RST: the client's own retransmissions, on the lab's clock, until it gives up. */
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

/** RST to each SYN, as often as the client sends it; the last answer, which may be another by then. */
export async function refused<Answer>(
  { clock, pen }: { clock: Clock; pen: Pen },
  from: string,
  to: string,
  { afterRst }: SynSchedule,
  { timeout = Infinity, signal, ask }: DialOptions & { ask: () => Answer | 'reject' },
): Promise<Answer | 'reject'> {
  const started = clock.now();
  let answer: Answer | 'reject' = 'reject';
  for (const at of [0, ...afterRst.filter((at) => at < timeout)]) {
    if (at > 0) {
      await clock.sleep(started + at - clock.now(), signal);
      answer = ask();
    }
    if (answer !== 'reject') break;
    pen.write('tcp.refused', { from, to, how: 'rst', simulated: true });
  }
  return answer;
}
