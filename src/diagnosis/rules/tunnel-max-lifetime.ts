import { sayDuration } from '../../duration.ts';
import { rule } from '../rule.ts';
import { endNeed, endsOf } from '../tunnel-ends.ts';

export const tunnelMaxLifetime = rule({
  id: 'tunnel-max-lifetime',
  title: 'The proxy ends tunnels at a certain age, in use or not',
  severity: 'warning',
  summary:
    'A tunnel was in use, had survived longer silences, and the proxy ended it all the same: a limit on the age of ' +
    'connections (Squid: client_lifetime, one day). Sending more often does not help.',
  confirm:
    'Filter `tcp.flags.fin==1 && tcp.port==8080` (with the port of your proxy): the FIN comes from the proxy, always at ' +
    'the same age of the stream (`tcp.time_relative`), however busy it is.',
  fix: 'Raise the proxy’s limit on the age of tunnels, or let the application open a new channel before the old one ends.',
  refutedIf: 'Tunnels of other ages end at the same moment: then the proxy was restarted.',
  alternatives: [{ id: 'tunnel-proxy-restart', tellApart: 'All tunnels end at the same moment, whatever their age.' }],
  needs: [endNeed('a tunnel that the proxy ended although it had been idle for longer before', 'busy')],
  find: (view) =>
    endsOf(view, 'busy').map(({ proxy, host, age, idle, how, evidence }) => ({
      about: proxy,
      confidence: 'likely',
      why:
        `${proxy} ended the tunnel to ${host} with ${how} at the age of ${sayDuration(age)}; the last use was only ` +
        `${sayDuration(idle)} ago, and it had survived longer pauses.`,
      evidence,
    })),
});
