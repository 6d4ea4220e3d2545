import { seqs } from '../../trace/view.ts';
import { climbsOf, climbMatch } from '../devolution.ts';
import { rule } from '../rule.ts';
import { isForeign } from '../wpad.ts';

export const wpadDnsDevolution = rule({
  id: 'wpad-dns-devolution',
  title: 'The script comes from a zone above that of the client',
  severity: 'warning',
  summary:
    'The client found no wpad under its own suffix, took labels off, and found one further up. Its script is that of ' +
    'another department or of the whole company. Browsers never walk up, so they behave differently on the machine.',
  confirm:
    'Filter `dns.qry.name contains "wpad"`: NXDOMAIN for wpad.<suffix>, then an address for wpad.<parent>. The GET for ' +
    '/wpad.dat goes to the latter.',
  fix:
    'Publish wpad at the level of the client’s own suffix, or switch devolution off (UseDomainNameDevolution=0, and ' +
    'keep Windows up to date), and own every level of your domain up to the top.',
  refutedIf: 'The script of the upper zone is the one that this machine is meant to use.',
  alternatives: [
    { id: 'wpad-dns-devolution-escapes-org', tellApart: 'The zone in which it was found does not belong to you.' },
  ],
  needs: [
    {
      says: 'wpad found above a name that does not exist',
      seen: (view) => climbsOf(view).flatMap(({ found }) => [found.finished]),
    },
  ],
  find: (view) =>
    climbsOf(view)
      .filter(({ found }) => !isForeign(found.addresses))
      .map((climb) => ({ ...climbMatch(view, climb), confidence: 'certain' as const, explains: seqs(climb.absent) })),
});
