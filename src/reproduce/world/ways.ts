/** By which ways one machine goes to one destination: several mean several programs, or before and after. */
import type { Request } from '../../trace/requests.ts';
import type { Facts } from './facts.ts';

/** Only a script has a list that begins with DIRECT: without one, what followed was asked by somebody else. */
export const eachWay = ({ scripts, view }: Facts, request: Request): Request[] =>
  request.attempts[0]?.proxy === null && scripts.length === 0 && view.ofType('pac.loaded').length === 0
    ? request.attempts.map((attempt) => ({ ...request, attempts: [attempt] }))
    : [request];

export const wayOf = ({ attempts }: Request): string => attempts[0]?.route ?? 'DIRECT';

export const placeIn = ({ client, target }: Request): string => `${client} ${target.host}:${target.port}`;

/** Destinations to which one machine went by different ways: programs with settings of their own, or before and after. */
export function tornIn(asked: readonly Request[]): ReadonlySet<string> {
  const ways = new Map<string, Set<string>>();
  for (const request of asked) {
    const place = placeIn(request);
    ways.set(place, (ways.get(place) ?? new Set()).add(wayOf(request)));
  }
  return new Set([...ways].filter(([, own]) => own.size > 1).map(([place]) => place));
}
