/** The list of routes a client had for a request: whose it is, how far the client got in it, and what it left out. */
import { sayDuration } from '../duration.ts';
import type { TraceEvent } from '../trace/events.ts';
import { proxyOf, requestsOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { howItFailed, isUnreachable } from './fail-open.ts';
import type { Match, Need } from './rule.ts';

/** The whole list, tried or not. */
export const listOf = ({ routes }: Request): readonly string[] => routes?.data.routes ?? [];

/** The script's own answer; undefined where none was given. */
export function scriptedOf(request: Request): TraceEvent<'pac.answered'> | undefined {
  const [answered] = request.ofType('pac.answered');
  return answered?.data.failedOpen === false ? answered : undefined;
}

/** Proxies of a list that never gave a connection. */
export const isDead = (attempt: Attempt): boolean => attempt.proxy !== null && isUnreachable(attempt);

/** Everything a request did, as what one cause brings about. */
export const allOf = (request: Request): number[] => seqs(request.started, request.events, request.finished);

/** What shows one attempt: names, packets, and the client's word on it. */
export const shown = (request: Request, attempt: Attempt): (TraceEvent | undefined)[] => [
  ...request.ofType('dns.resolved').filter(({ data }) => data.name === attempt.proxy?.host && data.failure !== null),
  ...attempt.dials.flatMap(({ events }) => events),
  attempt.started,
  attempt.finished,
];

/**
 * What requests went through because a proxy of theirs was dead, whatever became of them: the attempts on it, and the
 * way past all proxies. That another proxy is dead, too, or what it answers, has a cause of its own.
 */
export const detoursAround = (view: View, isMeant: (attempt: Attempt, request: Request) => boolean): number[] =>
  requestsOf(view).flatMap((request) => {
    const { started, routes, attempts, finished, ofType } = request;
    const isCaused = (attempt: Attempt): boolean =>
      isUnreachable(attempt) && (attempt.proxy === null || isMeant(attempt, request));
    if (!attempts.some((attempt) => isDead(attempt) && isMeant(attempt, request))) return [];
    return seqs(
      [started, routes, finished, ...ofType('pac.answered'), ...ofType('dns.resolved')],
      attempts.flatMap((attempt): readonly (TraceEvent | undefined)[] =>
        isCaused(attempt) ? attempt.events : [attempt.started, attempt.finished],
      ),
    );
  });

/** How long an attempt took, in words: `at once`, `after 21 s`. */
function sayWait({ started, finished }: Attempt): string {
  const ms = (finished?.at ?? started.at) - started.at;
  return ms < 1 ? 'at once' : `after ${sayDuration(ms)}`;
}

/** In words: `PROXY a:8080 was refused, then PROXY b:8080 got no answer`. */
export const sayAttempts = (attempts: readonly Attempt[]): string =>
  attempts.map(({ route, failure }) => `${route} ${howItFailed(failure)}`).join(', then ');

/** A proxy of a list that could not be reached, and the later entry that served in its place. */
interface Detour {
  request: Request;
  failed: Attempt;
  next: Attempt;
}

const detoursOf = kept((view): readonly Detour[] =>
  requestsOf(view).flatMap((request) => {
    const { attempts } = request;
    const at = attempts.findIndex((attempt) => !isUnreachable(attempt));
    const next = attempts[at];
    return next ? attempts.slice(0, at).flatMap((failed) => (isDead(failed) ? [{ request, failed, next }] : [])) : [];
  }),
);

/** What a rule about one way to fail needs, and its matches; `why` completes the sentence about the proxy. */
export function detour(
  failure: RegExp,
  says: string,
  why: (attempt: Attempt) => string,
): { needs: readonly Need[]; find: (view: View) => Match[] } {
  const of = (view: View): Detour[] => detoursOf(view).filter(({ failed }) => failure.test(failed.failure ?? ''));
  return {
    needs: [
      { says, seen: (view) => of(view).flatMap(({ failed }) => failed.finished ?? []) },
      { says: 'a later entry of the list that served', seen: (view) => of(view).map(({ next }) => next.started) },
    ],
    find: (view) =>
      of(view).map(({ request, failed, next }) => ({
        about: failed.route,
        confidence: 'certain',
        why: `${failed.route} ${why(failed)} for ${request.client}; the request went on ${sayWait(failed)} by ${next.route}.`,
        evidence: seqs(request.routes, shown(request, failed), next.started, next.finished, request.finished),
        explains: seqs(
          failed.events,
          request.ofType('dns.resolved').filter(({ data }) => data.name === failed.proxy?.host),
        ),
      })),
  };
}

/** Host and port of a route, or the route itself. */
export function sayProxy(route: string): string {
  const proxy = proxyOf(route);
  return proxy ? `${proxy.host}:${proxy.port}` : route;
}
