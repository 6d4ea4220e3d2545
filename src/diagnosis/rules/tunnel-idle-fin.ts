import { sayDuration } from '../../duration.ts';
import { rule } from '../rule.ts';
import { endNeed, endsOf } from '../tunnel-ends.ts';

export const tunnelIdleFin = rule({
  id: 'tunnel-idle-fin',
  title: 'The proxy closes tunnels that are idle',
  severity: 'warning',
  summary:
    'Nothing passed through a tunnel for a while, and the proxy closed it towards both sides. A channel that has to ' +
    'stand, such as signalling, breaks and is opened anew again and again.',
  confirm:
    'Filter `tcp.flags.fin==1 && tcp.port==8080` (with the port of your proxy) and set the time column to “since ' +
    'previous packet of this stream” (`tcp.time_delta`): the FIN comes from the proxy, always after the same silence.',
  fix:
    'Raise the proxy’s idle limit for tunnels, or have the application send something of its own more often than the ' +
    'limit. Keep-alives of TCP do not help: they end at the proxy.',
  refutedIf: 'The FIN comes from the client or the destination first, or after silences of very different length.',
  alternatives: [
    {
      id: 'tunnel-tcp-keepalive-useless',
      tellApart: 'Keep-alive segments (`tcp.analysis.keep_alive`) are acknowledged by the proxy all along.',
    },
    {
      id: 'tunnel-websocket-idle',
      tellApart: 'The tunnel carries a WebSocket; its program reports close code 1006.',
    },
  ],
  needs: [endNeed('a tunnel that the proxy closed while nothing passed', 'idle')],
  find: (view) =>
    endsOf(view, 'idle').map(({ proxy, host, idle, how, evidence }) => ({
      about: proxy,
      confidence: 'likely',
      why: `${proxy} ended the tunnel to ${host} with ${how} after ${sayDuration(idle)} in which nothing passed.`,
      evidence,
    })),
});
