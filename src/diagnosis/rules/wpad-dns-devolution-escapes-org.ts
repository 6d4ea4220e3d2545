import { seqs } from '../../trace/view.ts';
import { climbMatch, climbsOf } from '../devolution.ts';
import { rule } from '../rule.ts';
import { isForeign } from '../wpad.ts';

export const wpadDnsDevolutionEscapesOrg = rule({
  id: 'wpad-dns-devolution-escapes-org',
  title: 'The search for wpad leaves the organisation, and a stranger answers',
  severity: 'error',
  summary:
    'Walking up from its suffix, the client asks for wpad in a domain that others can register, and fetches a script ' +
    'from a public address. Whoever holds that name sees and steers all web traffic of the machine.',
  confirm:
    'Filter `dns.qry.name contains "wpad"`: the last name asked is outside your domain and has a public address; ' +
    '`http.request.uri contains "wpad.dat" && ip.dst!=10.0.0.0/8` shows the fetch.',
  fix:
    'At once: block /wpad.dat at the edge of the network and answer wpad in every zone the walk can reach. Then publish ' +
    'wpad under the machine’s own suffix, set DisableWpad=1 where no discovery is needed, and switch devolution off.',
  refutedIf: 'The public address, and the zone in which it was found, belong to the organisation.',
  alternatives: [
    { id: 'wpad-dns-devolution', tellApart: 'The zone and the address are your own, only on public addresses.' },
  ],
  needs: [
    {
      says: 'wpad found at a public address, above a name that does not exist',
      seen: (view) => climbsOf(view).flatMap(({ found }) => (isForeign(found.addresses) ? [found.finished] : [])),
    },
  ],
  find: (view) =>
    climbsOf(view)
      .filter(({ found }) => isForeign(found.addresses))
      .map((climb) => ({ ...climbMatch(view, climb), confidence: 'likely' as const, explains: seqs(climb.absent) })),
});
