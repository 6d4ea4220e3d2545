import { isPrivateAddress } from '../../trace/dials.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { portsOf, proxiedFrom, serviceBusPortFilter, serviceBusPorts, signallingOf } from '../service-bus.ts';
import type { Signalling } from '../service-bus.ts';

const outside = (view: View): Signalling[] =>
  signallingOf(view, 'opened').filter(({ first }) => !isPrivateAddress(first.to.ip));

export const sbTcpBypassesProxy = rule({
  id: 'sb-tcp-bypasses-proxy',
  title: 'Service Bus leaves the network by direct TCP although the client uses a proxy',
  severity: 'warning',
  summary:
    'A proxy setting is about HTTP. Service Bus over TCP is not HTTP: it goes out directly wherever the firewall lets ' +
    'it, and is preferred to HTTPS. Signalling works; an audit finds traffic that no proxy has seen.',
  confirm: `Filter \`tcp.flags.syn==1 && tcp.flags.ack==1 && ${serviceBusPortFilter}\` (Message Analyzer: \`${serviceBusPorts}\`): SYN-ACK from public addresses, while other traffic of the machine goes to the proxy’s port.`,
  fix:
    'Where everything has to pass the proxy, let the firewall reject (not drop) TCP 5671, 5672 and 9350-9354 outbound ' +
    'from this machine: Service Bus then falls back to HTTPS through the proxy. Otherwise nothing has to be done.',
  refutedIf: 'The network’s rules let this machine out directly on these ports on purpose.',
  alternatives: [
    {
      id: 'cfg-updater-not-bypassed',
      tellApart:
        'Two programs of one machine: the one that uses the proxy is the updater, whose own file was forgotten.',
    },
  ],
  needs: [
    {
      says: 'an opened connection to a Service Bus port of a public address',
      seen: (view) => outside(view).flatMap(({ dials }) => dials.flatMap((dial) => [...dial.events])),
    },
    {
      says: 'a tunnel that the same machine had through a proxy',
      seen: (view) =>
        outside(view).flatMap((signalling) => {
          const reply = proxiedFrom(view, signalling);
          return reply ? [reply.response] : [];
        }),
    },
  ],
  find: (view) =>
    outside(view).flatMap((signalling) => {
      const { from, host, dials } = signalling;
      const proxied = proxiedFrom(view, signalling);
      if (!proxied) return [];
      return [
        {
          about: host,
          confidence: 'certain',
          why:
            `${from} reached ${host} directly on port ${portsOf(dials)}; its HTTPS to ${proxied.host} went through ` +
            `${proxied.proxy}.`,
          evidence: seqs(
            dials.flatMap(({ events }) => events),
            proxied.response,
          ),
        },
      ];
    }),
});
