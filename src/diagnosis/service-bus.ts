/** Service Bus signalling: direct TCP first, HTTPS on 443 when that fails. */
import { dialsOf, namesByAddress } from '../trace/dials.ts';
import type { Dial } from '../trace/dials.ts';
import { ownersOf } from '../trace/requests.ts';
import { groupIn } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { isTunnel, tunnelReplies } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';
import { isListed } from './service-hosts.ts';
import { isFaked } from './tunnel-tls.ts';

/** Service Bus over TCP: AMQP 5671 and 5672, relay 9350 to 9354 (Microsoft's port tables for Relay). */
export const isServiceBusPort = (port: number): boolean =>
  port === 5671 || port === 5672 || (port >= 9350 && port <= 9354);

/** The same ports as a display filter of Wireshark. */
export const serviceBusPortFilter = '(tcp.port==5671 || tcp.port==5672 || (tcp.port>=9350 && tcp.port<=9354))';

/** And of Message Analyzer. */
export const serviceBusPorts = '(tcp.port==5671 or tcp.port==5672 or (tcp.port>=9350 and tcp.port<=9354))';

/** What one machine dialled at one address of Service Bus, past any proxy. */
export interface Signalling {
  from: string;
  /** The name that the address goes by, else the address. */
  host: string;
  names: ReadonlySet<string>;
  first: Dial;
  dials: readonly Dial[];
}

/** Dials to Service Bus ports with one outcome, by machine and address. A proxy's own dials are its business. */
export function signallingOf(view: View, outcome: Dial['outcome']): Signalling[] {
  const groups = new Map<string, Dial[]>();
  for (const dial of dialsOf(view)) {
    if (dial.outcome !== outcome || !isServiceBusPort(dial.to.port) || dial.by?.startsWith('proxy:')) continue;
    groupIn(groups, `${machineOf(dial)} ${dial.to.ip}`, () => []).push(dial);
  }
  return [...groups.values()].flatMap((dials) => {
    const [first] = dials;
    if (!first) return [];
    const names = namesByAddress(view).get(first.to.ip) ?? new Set<string>();
    return [{ from: machineOf(first), host: [...names][0] ?? first.to.ip, names, first, dials }];
  });
}

export const portsOf = (dials: readonly Dial[]): string => [...new Set(dials.map(({ to }) => to.port))].join(', ');

/** The address that a dial came from, without the port. */
export const machineOf = ({ from }: Dial): string => from.slice(0, from.lastIndexOf(':'));

/** What a proxy answered to the CONNECT on 443 that followed. */
export const fallbackReplies = (view: View, { first, names }: Signalling): Reply[] =>
  tunnelReplies(view).filter(
    ({ response, port, host }) => response.seq > first.seq && port === 443 && names.has(host.toLowerCase()),
  );

/** The fallback's tunnel, or its direct connection to 443. */
export function fallbackOf(view: View, signalling: Signalling) {
  const { first } = signalling;
  const tunnel = fallbackReplies(view, signalling).find((reply) => isTunnel(reply) && !isFaked(view, reply));
  const direct = dialsOf(view).find(
    ({ seq, outcome, to }) => seq > first.seq && outcome === 'opened' && to.port === 443 && to.ip === first.to.ip,
  );
  return tunnel?.response ?? direct?.events[0];
}

/** The program that was in one of its phases then, by its own log. */
const programAt = (view: View, seq: number): string | undefined => {
  const began = view.ofType('client.phase').findLast((event) => event.seq < seq);
  const ended = view.ofType('client.phase-finished').find((event) => event.seq > (began?.seq ?? seq));
  return began && (ended?.seq ?? Infinity) > seq ? began.data.client : undefined;
};

/** The last request of the same program to the service that a proxy carried; the way to backends is another. */
export const proxiedFrom = (view: View, { from, first }: Signalling): Reply | undefined =>
  tunnelReplies(view).findLast((reply) => {
    const owner = ownersOf(view).get(reply.response.seq);
    if (!owner || !isTunnel(reply) || !isListed(reply.host)) return false;
    const speaker = programAt(view, first.seq);
    const same = speaker === undefined || owner.request.client === speaker;
    return same && owner.attempt.dials.some((dial) => machineOf(dial) === from);
  });
