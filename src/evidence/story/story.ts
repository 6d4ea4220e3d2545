/** A capture that was read to its end → events, in the order of their times. */
import type { Capture } from '../capture.ts';
import { writerOf } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { writeLeases } from './leases.ts';
import { Names } from './names.ts';
import { requestsIn, writeRequests } from './requests.ts';
import { choose } from './sameness.ts';
import { writeScripts } from './scripts.ts';
import { writeSightings } from './sightings.ts';
import { triesOf } from './tries.ts';
import { writeConnection } from './wire.ts';
import { worldOf } from './world.ts';

/** `proxies` are those the user knows, as `host:port`. */
export function draftsOf(capture: Capture, proxies: readonly string[]): Draft[] {
  const { connections, lookups, ended, notes } = capture;
  const drafts: Draft[] = [];
  const write = writerOf(drafts);
  const names = new Names(lookups.all, ended);
  const world = worldOf(connections, names, { proxies, ended });
  const { tries, dropped, left } = choose(triesOf(world));
  if (left > 0) notes.add(`${left} more connections like others before them, which are left out`);
  names.write(write);
  for (const connection of connections) {
    if (!dropped.has(connection)) writeConnection(world, connection, write);
  }
  writeLeases(world, capture.leases.all, write);
  writeScripts(world, write);
  writeRequests(world, requestsIn(world, tries), write);
  writeSightings(world, capture, write);
  return drafts;
}
