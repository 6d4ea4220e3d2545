/** Where the time of one request went, by the lab's clock. */
import type { Request } from '../trace/requests.ts';
import { pick } from '../trace/view.ts';
import { quiet } from './har-format.ts';
import type { HarTimings } from './har-format.ts';

/**
 * The last attempt's name lookup, connection (TLS and CONNECT included) and answer; everything before it, such as
 * discovery and routes that failed, is `blocked`. Milestones that the trace does not have take no time.
 */
export function timingsOf({ started, attempts, ofType }: Request, end: number): HarTimings {
  const attempt = attempts.at(-1);
  if (!attempt) return { ...quiet, blocked: end - started.at };
  const begun = attempt.started.at;
  const resolved = ofType('dns.resolved').find(
    ({ by, seq }) => by === attempt.started.by && seq > attempt.started.seq,
  )?.at;
  const dial = attempt.dials.at(-1);
  const named = resolved ?? begun;
  const opened = dial?.conn === null ? end : dial?.events.at(-1)?.at;
  const tls = attempt.clientTls.at(-1)?.at;
  const tunnel = pick(attempt.events, 'proxy.response').find(({ data }) => data.method === 'CONNECT')?.at;
  // A pooled connection was opened before.
  const stood = Math.max(named, tls ?? opened ?? named);
  const answered = pick(attempt.events, 'proxy.response', 'origin.response', 'http.response')
    .filter(({ data, at }) => !('method' in data && data.method === 'CONNECT') && at >= stood)
    .at(-1)?.at;
  return {
    blocked: begun - started.at,
    dns: resolved === undefined ? -1 : resolved - begun,
    connect: dial ? stood - named : -1,
    ssl: tls === undefined ? -1 : tls - Math.max(named, tunnel ?? opened ?? named),
    send: 0,
    wait: (answered ?? end) - stood,
    receive: end - (answered ?? end),
  };
}
