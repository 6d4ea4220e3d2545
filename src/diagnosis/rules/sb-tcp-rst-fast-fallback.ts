import { dialsOf, isPrivateAddress, namesByAddress } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { groupIn, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { isTunnel, tunnelReplies } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** Service Bus over TCP: AMQP 5671 and 5672, relay 9350 to 9354 (Microsoft's port tables for Relay). */
export const isServiceBusPort = (port: number): boolean =>
  port === 5671 || port === 5672 || (port >= 9350 && port <= 9354);

const refusedDials = (view: View): Dial[] =>
  dialsOf(view).filter(({ outcome, to }) => outcome === 'refused' && isServiceBusPort(to.port));

const ipOf = (address: string): string => address.slice(0, address.lastIndexOf(':'));

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
    'fallback is quick and signalling works. Direct connections to other ports leave the network, so the refusal is a ' +
    'gap in the firewall’s rules, or meant.',
  confirm:
    'Filter `tcp.flags.reset==1 && (tcp.port==5671 || tcp.port==5672 || (tcp.port>=9350 && tcp.port<=9354))`: RST at ' +
    'once, then CONNECT or TLS to the same host on 443.',
  fix:
    'Nothing has to be done for signalling to work. For direct TCP let the firewall pass 5671, 5672 and 9350-9354 ' +
    'outbound to *.servicebus.windows.net. Keep refusing rather than dropping them otherwise: silence costs 21 s a port.',
  refutedIf: 'No other direct connection leaves the network: then the fallback is the way things are meant to go.',
  alternatives: [],
  needs: [
    {
      says: 'a refused connection to a Service Bus port',
      seen: (view) => refusedDials(view).flatMap((dial) => dial.events),
    },
    {
      says: 'a direct connection to a public address that opened',
      seen: (view) =>
        dialsOf(view)
          .filter(isOut)
          .flatMap(({ events }) => events),
    },
  ],
  find: (view) => {
    const hosts = new Map<string, Dial[]>();
    for (const dial of refusedDials(view)) groupIn(hosts, `${ipOf(dial.from)} ${dial.to.ip}`, () => []).push(dial);
    return [...hosts.values()].flatMap((dials) => match(view, dials));
  },
});

const isOut = ({ outcome, to }: Dial): boolean => outcome === 'opened' && !isPrivateAddress(to.ip);

/** All refusals of one host to one machine. */
function match(view: View, dials: readonly Dial[]): Match[] {
  const [first] = dials;
  if (!first) return [];
  const names = namesByAddress(view).get(first.to.ip) ?? new Set<string>();
  const out = dialsOf(view).find((other) => isOut(other) && ipOf(other.from) === ipOf(first.from));
  const fallback = fallbackAfter(view, first, names);
  if (!out || !fallback) return [];
  const host = [...names][0] ?? first.to.ip;
  const ports = [...new Set(dials.map(({ to }) => to.port))].join(', ');
  return [
    {
      about: host,
      confidence: 'certain',
      why: `${host} refused direct TCP on ${ports} with RST; the client went on by HTTPS on 443.`,
      evidence: seqs(
        dials.flatMap(({ events }) => events),
        out.events,
        fallback,
      ),
    },
  ];
}

/** HTTPS to the same host after the refusal, through a proxy or directly. */
function fallbackAfter(view: View, dial: Dial, names: ReadonlySet<string>): TraceEvent | undefined {
  const tunnel = tunnelReplies(view).find(
    (reply) => reply.response.seq > dial.seq && isTunnel(reply) && reply.port === 443 && names.has(reply.host),
  );
  const direct = dialsOf(view).find(
    ({ seq, outcome, to }) => seq > dial.seq && outcome === 'opened' && to.port === 443 && to.ip === dial.to.ip,
  );
  return tunnel?.response ?? direct?.events[0];
}
