import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { directDials, effectsOf, isOpen } from '../direct-dials.ts';
import type { DirectDial } from '../direct-dials.ts';
import { dialsInVain, downloadsOf } from '../downloads.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

const startedOf = kept((view) => new Map(view.ofType('client.started').map((event) => [event.data.client, event])));

const place = ({ dial }: DirectDial): string => `${dial.to.ip}:${dial.to.port}`;

/** Programs of one machine, one address and port: one program is let out and the other never. */
function match(view: View, blocked: DirectDial): Match[] {
  const machine = startedOf(view).get(blocked.client);
  const same = directDials(view).filter(
    (one) =>
      isOpen(one) &&
      place(one) === place(blocked) &&
      startedOf(view).get(one.client)?.data.address === machine?.data.address,
  );
  const [other] = same;
  const favoured = other && startedOf(view).get(other.client);
  if (!machine || !favoured || same.some(({ client }) => client === blocked.client)) return [];
  const identity = (of: typeof machine): string => of.data.identity ?? 'an unknown account';
  return [
    {
      about: blocked.client,
      confidence: 'likely',
      why:
        `On ${machine.data.address}, ${other.client} (${identity(favoured)}) reached ${place(blocked)}, and ${blocked.client} ` +
        `(${identity(machine)}) got no connection to the same place.`,
      evidence: [...seqs(machine, favoured, other.dial.events), ...effectsOf(blocked)],
      explains: [
        ...directDials(view)
          .filter((one) => !isOpen(one) && one.client === blocked.client)
          .flatMap(effectsOf),
        ...insideInVain(view, blocked.client),
      ],
      ...(machine.data.identity === favoured.data.identity ? { alternatives: [] } : {}),
    },
  ];
}

/** Who gets no connection at all gets none inside either: not to the host of the script. */
function insideInVain(view: View, client: string): number[] {
  const downloads = downloadsOf(view).filter(({ fetched }) => fetched.data.client === client);
  const lives = requestsOf(view).some((request) => request.client === client && isAlive(request));
  if (lives || downloads.some(({ fetched }) => fetched.data.conn !== null)) return [];
  return downloads.flatMap((download) =>
    seqs(
      download.fetched,
      dialsInVain(view, download).flatMap(({ events }) => events),
    ),
  );
}

const isAlive = ({ attempts }: Request): boolean => attempts.some(({ conns }) => conns.length > 0);

export const policyProcessLockdown = rule({
  id: 'policy-process-lockdown',
  title: 'Only some programs of the machine may connect',
  severity: 'error',
  summary:
    'A firewall on the machine decides by program: one of the two services is let out, the other is not. With the updater ' +
    'locked in, versions drift; with the connector locked in, nothing works.',
  confirm:
    'On the machine: `Get-NetFirewallRule -Action Block` and the programs of the rules. In a capture taken on the machine the SYNs ' +
    'may be missing: they are dropped before. Filter `tcp.analysis.retransmission && tcp.flags.syn==1`.',
  fix: 'Allow both services outbound on 443 and 80: the connector (NETWORK SERVICE) and the updater (SYSTEM), each with its own executable.',
  refutedIf: 'The program that is blocked here reaches the same address at the same time.',
  alternatives: [
    {
      id: 'policy-firewall-by-user',
      tellApart: 'The same executable passes when another account runs it: the rule asks for the user.',
    },
  ],
  needs: [
    {
      says: 'a direct connection that failed for one client and opened for another',
      seen: (view) =>
        directDials(view)
          .filter((one) => !isOpen(one))
          .flatMap(({ dial }) => dial.events),
    },
  ],
  find: (view) =>
    directDials(view)
      .filter((one) => !isOpen(one))
      .flatMap((one) => match(view, one)),
});
