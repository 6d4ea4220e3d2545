import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { directDials, effectsOf } from '../direct-dials.ts';
import type { DirectDial } from '../direct-dials.ts';
import { rule } from '../rule.ts';

const prohibited = (view: View): DirectDial[] => directDials(view).filter(({ dial }) => dial.outcome === 'prohibited');

export const directIcmpProhibited = rule({
  id: 'direct-icmp-prohibited',
  title: 'A router says that direct connections are prohibited',
  severity: 'error',
  summary:
    'The client connects without a proxy, and a device on the way answers its SYN with ICMP “communication administratively ' +
    'prohibited”. Some stacks fail at once with “host unreachable”, others ignore it and repeat the SYN.',
  confirm:
    'Filter `icmp.type==3 && (icmp.code==9 || icmp.code==10 || icmp.code==13)`: the sender of the message is the device that forbids it.',
  fix:
    'On the device that sent the message let TCP 443 and 80 pass outbound from the connector; or name the proxy that is ' +
    'meant to be used: <proxy proxyaddress="http://proxyserver:8080" …/> in both .exe.config files.',
  refutedIf: 'No ICMP message is in the capture, or it is about another destination.',
  alternatives: [],
  needs: [
    {
      says: 'an ICMP message “prohibited” about a direct connection to a public address',
      seen: (view) => prohibited(view).flatMap(({ dial }) => dial.events),
    },
  ],
  find: (view) =>
    prohibited(view).map((one) => ({
      about: one.host,
      confidence: 'certain',
      why: `The SYN of ${one.client} to ${one.host} (${one.dial.to.ip}):${one.dial.to.port} was answered with ICMP “administratively prohibited”.`,
      evidence: effectsOf(one),
      explains: seqs(one.request.finished),
    })),
});
