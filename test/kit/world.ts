/** A network with clock and trace and nothing on it, for tests of the lower rooms. */
import { Activity } from '../../src/activity.ts';
import { seededChance } from '../../src/chance.ts';
import { virtualClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { createFirewall, firewallSpec } from '../../src/net/firewall.ts';
import { LoopbackNet } from '../../src/net/loopback.ts';
import type { Host } from '../../src/net/net.ts';
import { Trace } from '../../src/trace/trace.ts';

export const marchMorning = Date.parse('2026-03-02T08:00:00Z');

export interface World extends AsyncDisposable {
  clock: Clock;
  activity: Activity;
  trace: Trace;
  net: LoopbackNet;
}

export function startWorld(firewall: unknown = {}, options: { bytes?: boolean } = {}): World {
  const activity = new Activity();
  const clock = virtualClock(marchMorning, activity);
  const trace = new Trace(clock.now);
  const net = new LoopbackNet({
    clock,
    activity,
    chance: seededChance(1),
    firewall: createFirewall(firewallSpec.parse(firewall), () => []),
    tap: { bytes: options.bytes ?? false, pen: trace.pen('net') },
  });
  return {
    clock,
    activity,
    trace,
    net,
    async [Symbol.asyncDispose]() {
      await net[Symbol.asyncDispose]();
      clock[Symbol.dispose]();
    },
  };
}

/** A host by its story address. */
export const host = (ip: string, name = ip): Host => ({ name, owner: name, ip });
