import type { Alternative } from '../../finding.ts';
import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { isFaked } from '../tunnel-tls.ts';
import {
  fallbackOf,
  fallbackReplies,
  portsOf,
  serviceBusPortFilter,
  serviceBusPorts,
  signallingOf,
} from '../service-bus.ts';
import { isOfMissingSuffix } from '../suffix-denied.ts';

const bothClosed: Alternative = {
  id: 'sb-https-fallback-also-denied',
  tellApart: 'The proxy refuses Service Bus by name, whatever else it refuses: then both ways are closed.',
};

export const sbTcpBlackholeSlowFallback = rule({
  id: 'sb-tcp-blackhole-slow-fallback',
  title: 'Direct TCP to Service Bus is dropped; HTTPS comes only after a long wait',
  severity: 'warning',
  summary:
    'Service Bus tries direct TCP first. Something drops the SYNs, so every port costs the whole schedule of ' +
    'retransmissions before HTTPS on 443 is tried. Signalling works in the end; starting takes long.',
  confirm: `Filter \`tcp.flags.syn==1 && tcp.flags.ack==0 && ${serviceBusPortFilter}\` (Message Analyzer: \`property.TCPSynRetransmit and ${serviceBusPorts}\`): repeated SYNs, no SYN-ACK, then CONNECT or TLS on 443.`,
  fix:
    'Let the firewall reject TCP 5671, 5672 and 9350-9354 with RST instead of dropping it: the fallback is then ' +
    'immediate. Or let these ports pass outbound to *.servicebus.windows.net.',
  refutedIf: 'A SYN-ACK or a RST for one of these SYNs is in the capture.',
  alternatives: [bothClosed],
  needs: [
    {
      says: 'a SYN to a Service Bus port that was never answered',
      seen: (view) => signallingOf(view, 'silent').flatMap(({ dials }) => dials.flatMap((dial) => [...dial.events])),
    },
  ],
  find: (view) =>
    signallingOf(view, 'silent').flatMap((signalling) => {
      const { host, dials } = signalling;
      const fallback = fallbackOf(view, signalling);
      // Refused for a reason of its own, which has a finding of its own.
      const refused = fallbackReplies(view, signalling).find(
        (reply) => isOfMissingSuffix(view, reply) || isFaked(view, reply),
      );
      const then = fallback ?? refused?.response;
      if (!then) return [];
      const waited = dials.reduce((sum, dial) => sum + dial.waited, 0);
      return [
        {
          about: host,
          confidence: 'certain',
          why:
            `SYNs to ${host} on ${portsOf(dials)} got no answer and cost ${sayDuration(waited)}; ` +
            `only then HTTPS on 443 was tried, and ${fallback ? 'it worked' : 'it was refused'}.`,
          evidence: seqs(
            dials.flatMap(({ events }) => events),
            then,
          ),
          ...(fallback ? {} : { alternatives: [bothClosed] }),
        },
      ];
    }),
});
