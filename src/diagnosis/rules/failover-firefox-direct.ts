import { beyond } from '../beyond-list.ts';
import { rule } from '../rule.ts';

export const failoverFirefoxDirect = rule({
  id: 'failover-firefox-direct',
  title: 'Firefox sends a request of its own past the proxies, because they are dead',
  severity: 'warning',
  summary:
    'With network.proxy.failover_direct, which is on by default, Firefox repeats requests of its own (updates, remote ' +
    'settings) DIRECT when no proxy of the list can be reached. Pages never go that way.',
  confirm:
    'Filter `tcp.flags.syn==1`: SYNs to the proxies, then to hosts of Mozilla directly. In about:config, ' +
    'network.proxy.failover_direct is true.',
  fix:
    'Bring the proxies back. To keep even these requests inside, set network.proxy.failover_direct to false by policy ' +
    '(Preferences in policies.json).',
  refutedIf: 'The answer of the script names DIRECT itself, or the request was one of a page.',
  ...beyond((profile) => profile === 'firefox'),
});
