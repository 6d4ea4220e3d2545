/** Handshakes that a proxy made in a client's place, and that failed: with the destination behind an inspected tunnel. */
import type { TraceEvent } from '../trace/events.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { repliesOf } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';

export interface OriginTlsFailure {
  /** The proxy's own answer inside the tunnel. */
  reply: Reply;
  /** The proxy's log of the failure. */
  logged: TraceEvent<'proxy.upstream-failed'>;
  /** Both ends of the handshake, as far as they are in the trace. */
  proxy: TraceEvent<'tls.failed'> | undefined;
  destination: TraceEvent<'tls.failed'> | undefined;
  alert: string | null;
  evidence: number[];
}

/** Every answer by which a proxy tells that its own handshake with the destination failed, in order. */
export const originTlsFailuresOf = kept((view): readonly OriginTlsFailure[] =>
  repliesOf(view)
    .filter(({ status, method }) => status >= 500 && method !== 'CONNECT')
    .flatMap((reply) => {
      const logged = loggedOf(view, reply);
      if (!logged?.data.failure.startsWith('tls.')) return [];
      const between = pick(view.between(reply.request?.seq ?? 0, reply.response.seq), 'tls.failed').filter(
        ({ data }) => data.serverName === null || data.serverName === reply.host,
      );
      const proxy = between.find(({ by, data }) => by === reply.response.by && data.role === 'client');
      const destination = between.find(({ data }) => data.conn === proxy?.data.conn && data.role === 'server');
      const alert = proxy?.data.alert ?? destination?.data.alert ?? null;
      return [
        {
          reply,
          logged,
          proxy,
          destination,
          alert,
          evidence: [...reply.evidence, ...seqs(logged, proxy, destination)],
        },
      ];
    }),
);

export const explainedBy = ({ reply: { response, owner }, logged, proxy, destination }: OriginTlsFailure): number[] =>
  seqs(response, logged, proxy, destination, owner?.attempt.finished, owner?.request.finished);

const loggedOf = (view: View, { request, response }: Reply): OriginTlsFailure['logged'] | undefined =>
  pick(view.between(request?.seq ?? 0, response.seq), 'proxy.upstream-failed').findLast(
    ({ data }) => data.conn === response.data.conn,
  );
