import { ownersOf } from '../../trace/requests.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** The client's FIN, and the proxy's FIN to the client in the same moment, while the destination has not said its own. */
function tornDown(view: View, tunnel: TraceEvent<'proxy.tunnel'>) {
  const { conn, upstream } = tunnel.data;
  const ends = pick(view.onConnection(conn), 'tcp.fin', 'tcp.rst').filter(({ seq }) => seq > tunnel.seq);
  const [said, back] = ends;
  const attempt = ownersOf(view).get(tunnel.seq)?.attempt;
  if (said?.type !== 'tcp.fin' || back?.type !== 'tcp.fin' || back.at !== said.at) return undefined;
  if (said.data.dir !== 'up' || back.data.dir !== 'down' || !attempt?.finished) return undefined;
  // A client that has given up closes, too; this one still waits.
  if (attempt.failure !== 'tcp.closed' || attempt.finished.seq < back.seq) return undefined;
  const there = view.onConnection(upstream ?? conn);
  const asked = pick(there, 'origin.request').at(-1);
  const answered = pick(there, 'origin.response').some(({ seq }) => seq < back.seq);
  const first = pick(there, 'tcp.fin', 'tcp.rst')[0];
  if (answered || first?.data.dir === 'down') return undefined;
  return { said, back, asked, finished: attempt.finished };
}

export const tunnelHalfClose = rule({
  id: 'tunnel-half-close',
  title: 'The proxy takes the client’s FIN for the end of both directions',
  severity: 'error',
  summary:
    'A client may close its own direction and still wait for the answer (half-close). The proxy ended the whole tunnel at ' +
    'that FIN, and what the destination had still to send is lost.',
  confirm:
    'Filter `tcp.flags.fin==1 && tcp.port==8080` (with the port of your proxy): the client’s FIN, the proxy’s FIN right ' +
    'behind it, and no answer between.',
  fix: 'Let the proxy pass half-closes on (Squid: half_closed_clients on), or let the client close only after the answer.',
  refutedIf: 'The destination’s FIN came before the proxy’s.',
  alternatives: [],
  needs: [
    {
      says: 'a FIN of a client that still waits, answered with the proxy’s own',
      seen: (view) => view.ofType('proxy.tunnel').flatMap((tunnel) => tornDown(view, tunnel)?.back ?? []),
    },
  ],
  find: (view) => view.ofType('proxy.tunnel').flatMap((tunnel) => match(view, tunnel)),
});

function match(view: View, tunnel: TraceEvent<'proxy.tunnel'>): Match[] {
  const torn = tornDown(view, tunnel);
  if (!torn) return [];
  const { said, back, asked, finished } = torn;
  const owner = ownersOf(view).get(tunnel.seq);
  const proxy = owner?.attempt.proxy;
  const name = proxy ? `${proxy.host}:${proxy.port}` : tunnel.data.proxy;
  return [
    {
      about: name,
      confidence: 'certain',
      why: `The client said FIN in the tunnel to ${tunnel.data.host} and waited; ${name} ended the tunnel at once, before any answer.`,
      evidence: seqs(tunnel, asked, said, back, finished),
      explains: seqs(owner?.attempt.events, owner?.request.finished),
    },
  ];
}
