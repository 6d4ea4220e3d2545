/** Attempts by way of an HTTP proxy: how far each came, and whether the proxy said a word. */
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { detoursAround } from './candidates.ts';
import type { Match, Need } from './rule.ts';

export interface ProxyAttempt {
  request: Request;
  attempt: Attempt;
  client: string;
  /** As the client addressed it: `proxy.corp.example:8080`. */
  proxy: string;
  /** `CONNECT tenant.msappproxy.net:443`, or `GET http://…`. */
  asked: string;
  /** A connection to the proxy stood. */
  connected: boolean;
  /** The proxy answered the last request of this attempt, be it with a refusal. */
  answered: boolean;
  failure: string;
}

/** The attempts by HTTP proxies that failed, in order. SOCKS is left out: it has no requests of this kind. */
export const failedProxyAttempts = kept((view): readonly ProxyAttempt[] =>
  requestsOf(view).flatMap((request) =>
    request.attempts.flatMap((attempt) => {
      const { proxy, failure, route } = attempt;
      if (!proxy || failure === null || route.startsWith('SOCKS')) return [];
      const asked = attempt.ofType('proxy.request').length;
      const answers = attempt.ofType('proxy.response').length;
      return [
        {
          request,
          attempt,
          client: request.client,
          proxy: `${proxy.host}:${proxy.port}`,
          asked: askedFor(request),
          connected: attempt.conns.length > 0,
          answered: answers > 0 && answers >= asked,
          failure,
        },
      ];
    }),
  ),
);

function askedFor({ started, url, target }: Request): string {
  const tunnels = target.scheme !== 'http' || started.data.method === 'CONNECT';
  return tunnels ? `CONNECT ${target.host}:${target.port}` : `${started.data.method} ${url}`;
}

/** The proxy was asked and the conversation ended without an answer, in one of these ways. */
export const unanswered = (view: View, ...failures: readonly string[]): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(
    ({ connected, answered, failure, attempt }) =>
      connected &&
      !answered &&
      failures.includes(failure) &&
      attempt.clientTls.every(({ type }) => type !== 'tls.failed'),
  );

/**
 * The request did not get through by this proxy, nor by anything else: no list went on to a way that works, or to one
 * where at least a connection stood.
 */
export const isLost = ({ request, attempt }: ProxyAttempt): boolean =>
  request.attempts.every((other) => other.failure !== null) &&
  request.attempts.indexOf(attempt) === 0 &&
  request.attempts.every((other) => other === attempt || other.conns.length === 0);

export const needOf = (says: string, of: (view: View) => readonly ProxyAttempt[]): Need => ({
  says,
  seen: (view) => of(view).flatMap(({ attempt }): TraceEvent[] => (attempt.finished ? [attempt.finished] : [])),
});

/** What speaks for an attempt: its dials, lookups, what the proxy heard and how its connection ended. */
export const evidenceOf = ({ request, attempt }: ProxyAttempt): number[] =>
  seqs(
    request.ofType('dns.resolved').filter(({ data }) => data.name === attempt.proxy?.host),
    attempt.dials.flatMap(({ events }) => events),
    attempt.ofType('proxy.request'),
    attempt.ofType('tcp.fin'),
    attempt.ofType('tcp.rst'),
    attempt.finished,
    request.finished,
  );

export const matchOf = (one: ProxyAttempt, given: Pick<Match, 'why' | 'confidence'> & Partial<Match>): Match => ({
  about: one.proxy,
  evidence: evidenceOf(one),
  explains: seqs(one.attempt.events, one.request.finished),
  ...given,
});

/** The same for a proxy that cannot be reached: where a client has no other, it explains the detours of others, too. */
export const deadMatch = (view: View, one: ProxyAttempt, why: string): Match => {
  const { proxy, failure } = one.attempt;
  const isSame = (other: Attempt): boolean =>
    other.proxy?.host === proxy?.host && other.proxy?.port === proxy?.port && other.failure === failure;
  return matchOf(one, {
    confidence: 'certain',
    why,
    explains: [
      ...seqs(one.attempt.events, one.request.finished),
      ...(one.request.attempts.length === 1 ? detoursAround(view, isSame) : []),
    ],
  });
};

/** The words with which the client ended the request, for the end of a sentence. */
export const saidBy = ({ request, client }: ProxyAttempt): string => {
  const error = request.finished?.data.error;
  return error ? `${client} says: ${error.text.replace(/\.$/, '')}` : `${client} gave up`;
};

/** The request arrived: the proxy's log, or the capture, has it. */
export const wasAsked = ({ attempt }: ProxyAttempt): boolean => attempt.ofType('proxy.request').length > 0;

/** Bytes of the largest header section that the proxy sent in this attempt. */
export const headSize = ({ attempt }: Pick<ProxyAttempt, 'attempt'>): number =>
  Math.max(
    0,
    ...attempt
      .ofType('proxy.response')
      .map(({ data }) => data.headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)),
  );

/** Bytes that the proxy sent behind the head of its 200 to CONNECT, in one piece with it. */
export const earlyBytes = ({ attempt }: Pick<ProxyAttempt, 'attempt'>): number =>
  attempt.ofType('proxy.response').at(-1)?.data.early ?? 0;

/** The client left for them: without a word in the tunnel, or because they were no TLS where it began TLS. */
export const cameEarly = (one: ProxyAttempt): boolean =>
  earlyBytes(one) > 0 &&
  (one.failure === 'http.malformed' || one.failure === 'tls.protocol') &&
  one.attempt.clientTls.every(({ type }) => type === 'tls.failed');
