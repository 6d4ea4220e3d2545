import { sayDuration } from '../../duration.ts';
import { rule } from '../rule.ts';
import { endNeed, endsOf } from '../tunnel-ends.ts';

export const tunnelResponseWaitShort = rule({
  id: 'tunnel-response-wait-short',
  title: 'The proxy does not wait as long as the server thinks',
  severity: 'error',
  summary:
    'A request reached the server, which was still at work when the proxy ended the tunnel: its limit on silence is ' +
    'shorter than the server’s thinking time. Quick requests work, slow ones fail, always after the same time.',
  confirm:
    'Filter `tcp.flags.fin==1 && tcp.port==8080` (with the port of your proxy): the FIN comes from the proxy, a fixed ' +
    'time after the last request, and no answer came before. A plain http request gets 504 instead.',
  fix: 'Raise the proxy’s read limit (Squid: read_timeout, 15 minutes) above the longest answer, or make the server send something sooner.',
  refutedIf: 'The server ends the connection, or its answer comes before the FIN.',
  alternatives: [],
  needs: [endNeed('a tunnel that the proxy ended while a request waited for its answer', 'waiting')],
  find: (view) =>
    endsOf(view, 'waiting').map(({ proxy, host, idle, how, evidence, explains }) => ({
      about: proxy,
      confidence: 'certain',
      why: `${host} had the request for ${sayDuration(idle)} when ${proxy} ended the tunnel with ${how}; no answer had come.`,
      evidence,
      explains,
    })),
});
