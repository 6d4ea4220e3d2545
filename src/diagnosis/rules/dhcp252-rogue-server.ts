import { conflictMatch, conflictsOf } from '../dhcp-conflict.ts';
import { rule } from '../rule.ts';
import type { View } from '../../trace/view.ts';

const rivals = (view: View) =>
  conflictsOf(view, (won, lost) => won.data.adapter === lost.data.adapter && won.data.server !== lost.data.server);

export const dhcp252RogueServer = rule({
  id: 'dhcp252-rogue-server',
  title: 'Two DHCP servers answer with different scripts, and the faster one wins',
  severity: 'error',
  summary:
    'On one network two servers answered the client, and their options 252 differ. The client takes the first answer. A ' +
    'forgotten server does that, and so does an attacker, who steers all web traffic with it.',
  confirm:
    'Filter `dhcp.option.dhcp==5 && dhcp.option.type==252` and compare `dhcp.option.dhcp_server_id` and the hardware ' +
    'address of each answer with those of your servers.',
  fix:
    'Find the port of the foreign server by its hardware address and unplug it; switch DHCP snooping (DHCP guard) on. ' +
    'Set DisableWpad=1 on servers that need no discovery.',
  refutedIf: 'Both servers are yours: then their scopes are to be brought together.',
  alternatives: [
    {
      id: 'dhcp252-multi-nic-conflict',
      tellApart: 'The two answers came on two networks that the machine is connected to.',
    },
  ],
  needs: [
    {
      says: 'answers of two DHCP servers on one adapter with different options 252',
      seen: (view) => rivals(view).flatMap(({ won, lost }) => [won, lost]),
    },
  ],
  find: (view) =>
    rivals(view).map((conflict) => ({
      ...conflictMatch(view, conflict, ({ data }) => `from ${data.server}`),
      confidence: 'likely' as const,
    })),
});
