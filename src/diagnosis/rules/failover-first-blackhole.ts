import { detour } from '../candidates.ts';
import { rule } from '../rule.ts';

const syns = (count: number): string => (count === 1 ? '1 SYN' : `${count} SYNs`);

export const failoverFirstBlackhole = rule({
  id: 'failover-first-blackhole',
  title: 'The first proxy of the list does not answer, and every client waits for it',
  severity: 'warning',
  summary:
    'SYNs to the first proxy vanish. The client repeats them until its patience ends, and only then takes the next ' +
    'entry: 8 s in Chromium, 21 s in .NET Framework and Windows, 90 s in Firefox. A client without memory for bad ' +
    'proxies waits that long for every connection.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1 && tcp.port==8080` with the port of your proxy: repeated ' +
    'SYNs to the first proxy, then one connection to the second.',
  fix:
    'Take the entry out of the list, or bring the proxy back. Where it is down on purpose, let the firewall answer ' +
    'with RST instead of silence: then clients move on within two seconds.',
  refutedIf: 'A SYN-ACK from the first proxy is in the capture.',
  alternatives: [],
  ...detour(/^tcp\.timeout$/, 'an attempt on a proxy that got no answer', ({ dials }) => {
    const count = dials.reduce((sum, { silentSyns }) => sum + silentSyns, 0);
    return `left ${syns(count)} without answer`;
  }),
});
