import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { directDials, effectsOf } from '../direct-dials.ts';
import type { DirectDial } from '../direct-dials.ts';
import { rule } from '../rule.ts';

const refused = (view: View): DirectDial[] =>
  directDials(view).filter(({ dial }) => dial.outcome === 'refused' && dial.to.port === 443);

export const direct443Rst = rule({
  id: 'direct-443-rst',
  title: 'Direct connections to port 443 are refused with RST',
  severity: 'error',
  summary:
    'The client connects without a proxy, and something on the way answers its SYN with RST. Linux takes that for ' +
    'an answer and fails at once; Windows sends the SYN again, half a second apart, and fails after a second or two.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.srcport==443`: RST right after each SYN. The filter for retransmissions ' +
    '(`tcp.analysis.retransmission && tcp.flags.syn==1`, Message Analyzer: `property.TCPSynRetransmit`) finds those that ' +
    'Windows repeats, and nothing of other systems: what tells a refusal from silence is the RST.',
  fix:
    'Let the firewall pass TCP 443 outbound from the connector to *.msappproxy.net and *.servicebus.windows.net; or, when ' +
    'all traffic has to go through a proxy, name it in <proxy proxyaddress="http://proxyserver:8080" …/> of both .exe.config files.',
  refutedIf: 'The same RST comes on a network without this firewall: then the destination itself refuses.',
  alternatives: [
    {
      id: 'cfg-bypass-but-proxy-mandatory',
      tellApart: 'The network’s policy forbids direct traffic: then the setting is wrong, not the firewall.',
    },
  ],
  needs: [
    {
      says: 'a RST to a SYN to port 443 of a public address, without a proxy',
      seen: (view) => refused(view).flatMap(({ dial }) => dial.events),
    },
  ],
  find: (view) =>
    refused(view).map((one) => ({
      about: one.host,
      confidence: 'certain',
      why: `The SYN of ${one.client} to ${one.host} (${one.dial.to.ip}):443 was answered with RST.`,
      evidence: effectsOf(one),
      explains: seqs(one.request.finished),
    })),
});
