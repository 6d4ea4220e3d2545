import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { addressesOf, dialsByTarget, effectsOf, isOpen } from '../direct-dials.ts';
import type { DirectDial } from '../direct-dials.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** The name moved: its old address was reached, the new one came later and is not. */
function match(view: View, dials: readonly DirectDial[]): Match[] {
  const blocked = dials.find((one) => !isOpen(one));
  const reached = dials.findLast((one) => isOpen(one) && one.dial.seq < (blocked?.dial.seq ?? 0));
  if (!blocked || !reached || dials.some((one) => isOpen(one) && one.dial.to.ip === blocked.dial.to.ip)) return [];
  const moved = addressesOf(view, blocked).get(blocked.dial.to.ip);
  const returns = dials.some((one) => isOpen(one) && one.dial.seq > blocked.dial.seq);
  if (!moved || moved.seq < reached.dial.seq || moved.data.addresses.includes(reached.dial.to.ip) || returns) return [];
  const { host } = blocked;
  const first = blocked.dial.events[0];
  const list = lastListBefore(view, blocked.dial.seq);
  const age = list && first ? `; the published list was last fetched ${sayDuration(first.at - list.at)} before` : '';
  return [
    {
      about: host,
      confidence: 'likely',
      why:
        `${host} was reached at ${reached.dial.to.ip}; it is ${blocked.dial.to.ip} now, and there port ${blocked.dial.to.port} does not ` +
        `answer${first && reached.dial.events[0] ? ` (${sayDuration(first.at - reached.dial.events[0].at)} later)` : ''}${age}.`,
      evidence: [...seqs(list, reached.dial.events, moved), ...effectsOf(blocked)],
      explains: dials.filter((one) => !isOpen(one)).flatMap(effectsOf),
    },
  ];
}

/** The last time that somebody in this trace fetched “Azure IP Ranges and Service Tags” (ServiceTags_Public_<date>.json). */
const lastListBefore = (view: View, seq: number) =>
  view
    .ofType('client.finished')
    .findLast(
      (event) => event.seq < seq && event.data.status === 200 && /\/ServiceTags_\w+\.json$/.test(event.data.url),
    );

export const policyIpListStale = rule({
  id: 'policy-ip-list-stale',
  title: 'The firewall’s list of addresses is older than the service’s',
  severity: 'error',
  summary:
    'The firewall allows addresses, not names. A name of the service has moved to an address that is not on the list: it ' +
    'worked until the move, and other names still work. The published ranges change every week.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: `property.TCPSynRetransmit`), and look the ' +
    'silent addresses up in this week’s “Azure IP Ranges and Service Tags” and in the firewall’s list.',
  fix:
    'Allow *.msappproxy.net and *.servicebus.windows.net on 443 by name where the firewall can; else fetch the range file of ' +
    'the right cloud every week and replace the firewall’s list with it.',
  refutedIf:
    'The new address is on the firewall’s list, or does not answer from a network without this firewall either.',
  alternatives: [
    { id: 'policy-ip-list-subset', tellApart: 'Earlier answers had the address too: the list never had all of them.' },
  ],
  needs: [
    {
      says: 'a direct connection to a public address that failed',
      seen: (view) =>
        dialsByTarget(view).flatMap((dials) => dials.filter((one) => !isOpen(one)).flatMap(({ dial }) => dial.events)),
    },
    {
      says: 'an earlier one to the same name, at another address, that opened',
      seen: (view) =>
        dialsByTarget(view)
          .filter((dials) => dials.some((one) => !isOpen(one)))
          .flatMap((dials) => dials.filter(isOpen).flatMap(({ dial }) => dial.events)),
    },
  ],
  find: (view) => dialsByTarget(view).flatMap((dials) => match(view, dials)),
});
