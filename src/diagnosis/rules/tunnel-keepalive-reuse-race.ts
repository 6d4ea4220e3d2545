import { sayDuration } from '../../duration.ts';
import { rule } from '../rule.ts';
import { endNeed, endsOf } from '../tunnel-ends.ts';

export const tunnelKeepaliveReuseRace = rule({
  id: 'tunnel-keepalive-reuse-race',
  title: 'A kept connection was closed just as it was used again',
  severity: 'warning',
  summary:
    'The client’s pool and the other side keep idle connections for nearly the same time. The FIN and the next request ' +
    'cross; the request gets no answer, and whether it may be repeated only the application knows.',
  confirm:
    'Filter `tcp.flags.fin==1 && tcp.port==8080` (with the port of your proxy): the FIN comes within milliseconds of a ' +
    'request on a connection that had been idle, and no answer does.',
  fix:
    'Let the client keep idle connections for less time than the proxy does, and let it repeat requests that may be ' +
    'repeated on a new connection.',
  refutedIf: 'The FIN came well before the request: then the client ignored it.',
  alternatives: [],
  needs: [endNeed('a FIN in the moment in which an idle tunnel was used again', 'reused', 'FIN')],
  find: (view) =>
    endsOf(view, 'reused', 'FIN').map(({ proxy, host, idle, evidence, explains }) => ({
      about: proxy,
      confidence: 'certain',
      why:
        `The tunnel to ${host} at ${proxy} had been idle for ${sayDuration(idle)}; the FIN and the next request ` +
        'crossed, and the request got no answer.',
      evidence,
      explains,
    })),
});
