import { detour } from '../candidates.ts';
import { rule } from '../rule.ts';

export const failoverFirstRefused = rule({
  id: 'failover-first-refused',
  title: 'The first proxy of the list refuses connections',
  severity: 'warning',
  summary:
    'The address of the first proxy answers SYN with RST. The client moves on to the next entry, so traffic flows, ' +
    'but not where it was meant to go, and clients that try only one entry fail.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.port==8080` with the port of your proxy: RST from the first proxy, then a ' +
    'connection to the next.',
  fix:
    'Start the service on the first proxy, correct its port in the proxy script, or take the entry out of the list. ' +
    'Clients that remember bad proxies return to it only after 5 (Chromium) to 30 minutes (Firefox).',
  refutedIf: 'A connection to the first proxy from the same machine is accepted.',
  alternatives: [],
  ...detour(/^tcp\.(refused|unreachable)$/, 'an attempt on a proxy that ended with a refusal', ({ failure }) =>
    failure === 'tcp.refused' ? 'refused the connection with RST' : 'could not be reached: prohibited',
  ),
});
