/** Limits on connections that stand: of idleness, and of age. Nobody waits for them, so they never move time. */
import type { Clock } from '../clock.ts';
import { finish } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { Tunnel } from './shape.ts';
import { reset } from './tunnel.ts';

/**
 * How a connection ends: in order, by RST, or silently, as a device forgets it: whoever sends again gets RST. `race`: the
 * FIN and the next bytes cross.
 */
export const endings = ['fin', 'rst', 'forget', 'race'] as const;
export type Ending = (typeof endings)[number];

export function endTunnel(tunnel: Tunnel, how: Ending): void {
  if (how === 'fin' || how === 'rst') return tunnel.cut(how);
  if (how === 'race')
    return void tunnel.client.stream.once('data', () => tunnel.cut('fin')).once('end', () => tunnel.cut('fin'));
  tunnel.silence();
  for (const end of [tunnel.client, tunnel.origin]) {
    const answer = (): void => reset(end);
    end.stream.once('data', answer).once('end', answer);
  }
}

/** Ends a tunnel over which nothing has passed for a while. */
export function limitIdleness(tunnel: Tunnel, { ms, how, clock }: { ms: number; how: Ending; clock: Clock }): void {
  let last = clock.now();
  const ends = [tunnel.client.stream, tunnel.origin.stream];
  const touch = (): void => void (last = clock.now());
  const check = (): void => {
    const rest = last + ms - clock.now();
    if (rest > 0) callOff = clock.after(rest, check, { background: true });
    else {
      for (const stream of ends) stream.removeListener('data', touch);
      endTunnel(tunnel, how);
    }
  };
  let callOff = clock.after(ms, check, { background: true });
  for (const stream of ends) stream.on('data', touch).once('close', () => callOff());
}

/** Ends a client's idle connection between two requests. */
export function limitKeepAlive({ context, leg }: Exchange, { ms, how }: { ms: number; how: Ending }): void {
  const { stream } = leg;
  if (stream.destroyed) return;
  const forget = (): void => {
    callOff();
    stream.removeListener('data', forget).removeListener('close', forget);
  };
  const callOff = context.clock.after(
    ms,
    () => {
      forget();
      if (how === 'fin') finish(leg);
      else if (how === 'rst') reset(leg);
      else if (how === 'race') stream.once('data', () => finish(leg));
      else stream.once('data', () => reset(leg));
    },
    { background: true },
  );
  stream.on('data', forget).once('close', forget);
}
