import { conflictMatch, conflictsOf } from '../dhcp-conflict.ts';
import { rule } from '../rule.ts';
import { decidedBy } from '../wpad.ts';
import type { DhcpSearch } from '../wpad.ts';
import type { View } from '../../trace/view.ts';

const rivals = (view: View) =>
  conflictsOf(view, (won, lost) => won.data.adapter !== lost.data.adapter && lost.data.option252 !== null);

export const dhcp252MultiNicConflict = rule({
  id: 'dhcp252-multi-nic-conflict',
  title: 'Two network adapters were given different scripts',
  severity: 'warning',
  summary:
    'The machine is on two networks, and each names a script of its own. Which one is used depends on the order of the ' +
    'adapters, and changes with a docking station or a VPN; the proxies of the one are often out of reach by the other.',
  confirm:
    'Capture on both adapters with `dhcp.option.type==252`: two values. `Get-NetIPInterface | Sort-Object ' +
    'InterfaceMetric` shows the order of the adapters.',
  fix:
    'Let one network name the script: take option 252 out of the other scope, or have both name one script whose ' +
    'proxies both networks reach. A server with two networks is better off with an explicit proxyaddress.',
  refutedIf: 'Both values lead to the same script.',
  alternatives: [{ id: 'dhcp252-rogue-server', tellApart: 'One of the two servers is not yours.' }],
  needs: [
    {
      says: 'different options 252 on two adapters of one machine',
      seen: (view) => rivals(view).flatMap(({ won, lost }) => [won, lost]),
    },
  ],
  find: (view) =>
    rivals(view).map((conflict) => ({
      ...conflictMatch(view, conflict, ({ data }) => `on ${data.adapter}`),
      severity: conflictSeverity(view, conflict.search),
      confidence: 'certain' as const,
    })),
});

/** Where a request failed by the script that won, the order of the adapters does harm. */
const conflictSeverity = (view: View, search: DhcpSearch): 'error' | 'warning' =>
  decidedBy(view, search).some(({ ok }) => !ok) ? 'error' : 'warning';
