/** A program that tries in a circle fills a capture with the same again and again: so much of it tells everything. */
import type { Connection } from '../connection.ts';
import type { Try } from './tries.ts';

/** Of one kind: client, route, destination and end. */
const mostAlike = 40;
/** Of all kinds together. */
const mostTries = 4000;

export interface Chosen {
  tries: Try[];
  /** Connections of the rest. */
  dropped: ReadonlySet<Connection>;
  /** How many tries are left out. */
  left: number;
}

/** The first of each kind. */
export function choose(tries: readonly Try[]): Chosen {
  const counts = new Map<string, number>();
  const kept: Try[] = [];
  const dropped = new Set<Connection>();
  for (const one of tries) {
    const { client, route, target, failure, status } = one;
    const kind = `${client} ${route} ${target?.host}:${target?.port} ${failure} ${status}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= mostAlike && kept.length < mostTries) kept.push(one);
    else for (const connection of one.connections) dropped.add(connection);
  }
  for (const { connections } of kept) for (const connection of connections) dropped.delete(connection);
  return { tries: kept, dropped, left: tries.length - kept.length };
}
