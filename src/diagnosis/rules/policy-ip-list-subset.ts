import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { addressesOf, dialsByTarget, effectsOf, isOpen } from '../direct-dials.ts';
import type { DirectDial } from '../direct-dials.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** Two addresses are current at the same time, and one of them is never reached. */
function match(view: View, dials: readonly DirectDial[]): Match[] {
  const reached = dials.filter(isOpen);
  const blocked = dials.find((one) => !isOpen(one) && !reached.some(({ dial }) => dial.to.ip === one.dial.to.ip));
  if (!blocked) return [];
  const { ip, port } = blocked.dial.to;
  const known = addressesOf(view, blocked).get(ip);
  const other = reached.find(
    ({ dial }) => dial.seq > blocked.dial.seq || known?.data.addresses.includes(dial.to.ip) === true,
  );
  if (!other) return [];
  return [
    {
      about: blocked.host,
      confidence: 'certain',
      why:
        `${blocked.host} has the addresses ${other.dial.to.ip}, which was reached on ${port}, and ${ip}, which never answered: ` +
        'whether a connection works depends on the answer of DNS.',
      evidence: [...seqs(known, other.dial.events), ...effectsOf(blocked)],
      explains: dials.filter((one) => !isOpen(one)).flatMap(effectsOf),
    },
  ];
}

export const policyIpListSubset = rule({
  id: 'policy-ip-list-subset',
  title: 'The firewall allows only some of the service’s addresses',
  severity: 'error',
  summary:
    'The firewall allows addresses, and not all of those that the service’s names have. Connections work or fail as DNS ' +
    'answers; a restart may help for a while.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: `property.TCPSynRetransmit`) and compare the ' +
    'silent addresses with those of the same name that answer.',
  fix:
    'Allow *.msappproxy.net and *.servicebus.windows.net on 443 by name, or all destinations; else all ranges of “Azure IP ' +
    'Ranges and Service Tags” for the right cloud, renewed every week. A subset breaks.',
  refutedIf: 'The silent address does not answer from a network without this firewall either.',
  alternatives: [],
  needs: [
    {
      says: 'a direct connection to a public address that failed, and one to the same name that opened',
      seen: (view) =>
        dialsByTarget(view)
          .filter((dials) => dials.some((one) => !isOpen(one)) && dials.some(isOpen))
          .flatMap((dials) => dials.flatMap(({ dial }) => dial.events)),
    },
  ],
  find: (view) => dialsByTarget(view).flatMap((dials) => match(view, dials)),
});
