import { sayDuration } from '../../duration.ts';
import { rule } from '../rule.ts';
import { endNeed, endsOf } from '../tunnel-ends.ts';

export const tunnelIdleSilent = rule({
  id: 'tunnel-idle-silent',
  title: 'An idle tunnel is forgotten on the way, and nobody is told',
  severity: 'error',
  summary:
    'The state of an idle tunnel was dropped without FIN or RST. The client takes it for open, and its next write is ' +
    'answered with RST. A side that only waits to be called waits for ever.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.port==8080` (with the port of your proxy): no FIN before, and the RST follows the ' +
    'first write after the silence.',
  fix:
    'Raise the idle limit of the proxy, firewall or load balancer that forgets the flow, or have the application send ' +
    'something of its own more often than the limit; and let it try again on a new connection.',
  refutedIf: 'A FIN or RST came before the write, or the request reached the destination.',
  alternatives: [],
  needs: [endNeed('a RST to the first write into an idle tunnel', 'reused', 'RST')],
  find: (view) =>
    endsOf(view, 'reused', 'RST').map(({ proxy, host, idle, evidence, explains }) => ({
      about: proxy,
      confidence: 'certain',
      why:
        `The tunnel to ${host} at ${proxy} was silent for ${sayDuration(idle)} and never closed; the next request in it ` +
        'was answered with RST.',
      evidence,
      explains,
    })),
});
