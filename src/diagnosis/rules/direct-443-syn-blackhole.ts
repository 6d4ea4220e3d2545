import { dialsOf, namesByAddress } from '../../trace/dials.ts';
import { ownersOf } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { sayDuration } from '../../duration.ts';
import { countingAs, placeOf, programsOf } from '../programs.ts';
import { rule } from '../rule.ts';

/** Silence towards 443 of something that is no proxy, and not from a proxy either. */
const silentDials = kept((view) =>
  dialsOf(view).filter(({ outcome, to, by, seq }) => {
    const proxied = ownersOf(view).get(seq)?.attempt.proxy ?? null;
    return outcome === 'silent' && to.port === 443 && by?.startsWith('proxy:') !== true && proxied === null;
  }),
);

export const direct443SynBlackhole = rule({
  id: 'direct-443-syn-blackhole',
  title: 'Direct connections to port 443 get no answer',
  severity: 'error',
  summary:
    'The client connects without a proxy, and something on the way drops its SYNs. It repeats them, waits for its ' +
    'whole schedule (21 s on Windows) and reports that it cannot connect.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: `property.TCPSynRetransmit`): ' +
    'repeated SYNs to port 443 of the service without SYN-ACK. From the server: `Test-NetConnection <host> -Port 443`.',
  fix:
    'Either let the firewall pass TCP 443 outbound from the connector to *.msappproxy.net and ' +
    '*.servicebus.windows.net; or, when all traffic has to go through a proxy, name it in ' +
    'ApplicationProxyConnectorService.exe.config and ApplicationProxyConnectorUpdaterService.exe.config: ' +
    '<defaultProxy><proxy proxyaddress="http://proxyserver:8080" bypassonlocal="True" usesystemdefault="True"/></defaultProxy>.',
  refutedIf: 'A SYN-ACK for one of these SYNs is in the capture, or the destination itself is down for everybody.',
  alternatives: [
    {
      id: 'cfg-bypass-but-proxy-mandatory',
      tellApart: 'The network’s policy forbids direct traffic: then the setting is wrong, not the firewall.',
    },
    {
      id: 'policy-ip-list-stale',
      tellApart: 'It worked last week, and only some addresses of the service are silent.',
    },
    {
      id: 'policy-ip-list-wrong-cloud',
      tellApart:
        'The firewall allows ranges, and none of the service’s addresses is in them: they are another cloud’s.',
    },
    { id: 'policy-process-lockdown', tellApart: 'Another program on the same machine reaches the same address.' },
  ],
  needs: [
    {
      says: 'a SYN to port 443 that was never answered, without a proxy',
      seen: (view) => silentDials(view).flatMap(({ events }) => events),
    },
  ],
  find: (view) =>
    silentDials(view).map(({ to, events, silentSyns, waited, seq }) => {
      const owner = ownersOf(view).get(seq);
      const name = owner?.request.target.host ?? [...(namesByAddress(view).get(to.ip) ?? [])][0];
      const tries = silentSyns === 1 ? '1 SYN' : `${silentSyns} SYNs`;
      return {
        confidence: 'certain',
        ...bypassed(view, owner?.request.client),
        why: `${tries} to ${name === undefined ? to.ip : `${name} (${to.ip})`}:443 got no answer in ${sayDuration(waited)}.`,
        // Why it went directly is a part of what tells: a setting, or none.
        evidence: seqs(owner?.request.routes, events, owner?.attempt.finished, owner?.request.finished),
      };
    }),
});

/** Only where a file was read that says so, there is a line to take out. */
function bypassed(view: View, client: string | undefined): { fix: string } | undefined {
  const off = programsOf(view)
    .filter((program) => program.client === client)
    .flatMap((program) => countingAs(program, 'defaultProxy.enabled', 'false'))[0];
  if (!off) return undefined;
  return {
    fix:
      'Either let the firewall pass TCP 443 outbound from the connector to *.msappproxy.net and *.servicebus.windows.net; or, ' +
      `when all traffic has to go through a proxy, take <defaultProxy enabled="false"> out of ${placeOf(off)}, and of the other ` +
      'service’s file where it stands too (ApplicationProxyConnectorService.exe.config, ' +
      'ApplicationProxyConnectorUpdaterService.exe.config), and name the proxy there: <proxy ' +
      'proxyaddress="http://proxyserver:8080" bypassonlocal="True" usesystemdefault="True"/>.',
  };
}
