import { dialsOf, isPrivateAddress } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { fallbackOf, machineOf, portsOf, serviceBusPortFilter, serviceBusPorts, signallingOf } from '../service-bus.ts';
import type { Signalling } from '../service-bus.ts';

/**
 * Refused TCP and a fallback that works is also the picture of a healthy network where everything goes through the
 * proxy. What sets this apart: the same machine does get out directly, so the firewall refuses these ports, not
 * direct traffic as such.
 */
export const sbTcpRstFastFallback = rule({
  id: 'sb-tcp-rst-fast-fallback',
  title: 'Direct TCP to Service Bus is refused; HTTPS is used instead',
  severity: 'info',
  summary:
    'Service Bus tries direct TCP first and falls back to HTTPS on 443. The TCP ports are refused with RST, so the ' +
    'fallback takes a second or two a port (Windows sends a refused SYN again) and signalling works. Direct connections to other ports leave the network, so the refusal is a ' +
    'gap in the firewall’s rules, or meant.',
  confirm:
    `Filter \`tcp.flags.reset==1 && ${serviceBusPortFilter}\` (Message Analyzer: \`TCP.Flags.Rst and ${serviceBusPorts}\`): ` +
    'RST to each SYN, then CONNECT or TLS to the same host on 443.',
  fix:
    'Nothing has to be done for signalling to work. For direct TCP let the firewall pass 5671, 5672 and 9350-9354 ' +
    'outbound to *.servicebus.windows.net. Keep refusing rather than dropping them otherwise: silence costs 21 s a port.',
  refutedIf: 'No other direct connection leaves the network: then the fallback is the way things are meant to go.',
  alternatives: [],
  needs: [
    {
      says: 'a refused connection to a Service Bus port',
      seen: (view) => signallingOf(view, 'refused').flatMap(({ dials }) => dials.flatMap((dial) => [...dial.events])),
    },
    {
      says: 'a direct connection to a public address that opened',
      seen: (view) =>
        dialsOf(view)
          .filter(isOut)
          .flatMap(({ events }) => events),
    },
  ],
  find: (view) => signallingOf(view, 'refused').flatMap((signalling) => match(view, signalling)),
});

const isOut = ({ outcome, to }: Dial): boolean => outcome === 'opened' && !isPrivateAddress(to.ip);

/** All refusals of one host to one machine. */
function match(view: View, signalling: Signalling): Match[] {
  const { from, host, dials } = signalling;
  const out = dialsOf(view).find((other) => isOut(other) && machineOf(other) === from);
  const fallback = fallbackOf(view, signalling);
  if (!out || !fallback) return [];
  return [
    {
      about: host,
      confidence: 'certain',
      why: `${host} refused direct TCP on ${portsOf(dials)} with RST; the client went on by HTTPS on 443.`,
      evidence: seqs(
        dials.flatMap(({ events }) => events),
        out.events,
        fallback,
      ),
    },
  ];
}
