/**
 * What is left of a tunnel when its client's program has ended, and nothing that would tell the destination passes. A
 * device keeps nothing of it; here the destination's end would stay as long as the lab, so `up` would gather them.
 */
import type { Clock } from '../clock.ts';
import type { Tunnel } from './shape.ts';

/** When the kernel asks whether the other end still stands; of the machine's time. */
export const probeAfter = 60_000;

/**
 * Linux answers for a program that has ended for a minute after its FIN (tcp_fin_timeout), and to the second question at
 * the latest with RST.
 */
const firstLook = 2 * probeAfter + 10_000;
const longestPause = 3_600_000;

/** Only where lab time is that of the machine: a story on the virtual clock is over before any of this. */
export function letGo({ client, origin }: Tunnel, clock: Clock | undefined): void {
  if (clock?.kind !== 'real') return;
  let callOff = (): void => undefined;
  const later = (ms: number, task: () => void): void => {
    callOff = clock.after(ms, task, { background: true });
  };
  const look = (pause: number) => (): void => {
    client.connection.probe();
    later(pause, look(Math.min(2 * pause, longestPause)));
  };
  const listen = (): void => later(firstLook, look(firstLook));
  const leave = (): void => {
    callOff();
    // A destination that speaks now may still hear what a device says to it.
    if (!origin.stream.destroyed) later(probeAfter, () => origin.stream.destroy());
  };
  origin.stream.once('close', () => client.stream.destroyed && callOff());
  if (client.stream.destroyed) return leave();
  client.stream.once('close', leave);
  if (client.stream.readableEnded) listen();
  else client.stream.once('end', listen);
}
