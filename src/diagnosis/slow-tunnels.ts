/** Tunnels that stand, in which a client then waits in vain although nobody ends anything. */
import type { TraceEvent } from '../trace/events.ts';
import { pick } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { tunnelTlsOf } from './tunnel-tls.ts';
import type { TunnelTls } from './tunnel-tls.ts';

export interface SlowTunnel {
  tls: TunnelTls;
  finished: TraceEvent<'client.attempt-finished'>;
  /** Milliseconds from the tunnel to the end of the handshake, null when it never ended; and until the client gave up. */
  handshake: number | null;
  waited: number;
  explains: number[];
}

export function slowTunnels(view: View): SlowTunnel[] {
  return tunnelTlsOf(view).flatMap((tls) => {
    const { reply, client } = tls;
    const { attempt, request } = reply.owner ?? {};
    const finished = attempt?.finished;
    if (!attempt || !request || attempt.failure !== 'http.timeout' || !finished) return [];
    const broken = pick(view.onConnection(reply.response.data.conn), 'tcp.fin', 'tcp.rst').some(
      ({ seq, by }) => seq < finished.seq && by !== attempt.started.by,
    );
    if (broken) return [];
    const opened = reply.response.at;
    return [
      {
        tls,
        finished,
        handshake: client.type === 'tls.established' ? client.at - opened : null,
        waited: finished.at - opened,
        explains: [...attempt.events, ...(request.finished ? [request.finished] : [])].map(({ seq }) => seq),
      },
    ];
  });
}
