import type { Alternative } from '../../finding.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { sayAttempts, scriptedOf } from '../candidates.ts';
import { bySettings, countingAs, looked, nameOf, wholeOf } from '../programs.ts';
import { rule } from '../rule.ts';

/** What a script that was found says, is that script's fault. */
const wentDirect = (request: Request): boolean =>
  scriptedOf(request) === undefined && request.attempts.every(({ proxy }) => proxy === null);

/** What those settings say is not known: detection may have been on in them. */
const tellApart =
  'Detection is on in the account’s settings, once they can be read: then the missing script is the fault.';
const meantToLook: readonly Alternative[] = [
  'wpad-dns-nxdomain',
  'wpad-dns-global-query-block-list',
  'wpad-dns-wrong-or-empty-suffix',
  'dhcp252-absent',
].map((id) => ({ id, tellApart }));

export const cfgAutodetectFailsOpen = rule({
  id: 'cfg-autodetect-fails-open',
  title: 'The Internet settings could not be read, so the program looks for a script instead',
  severity: 'error',
  summary:
    'Where Windows will not hand out the account’s settings, System.Net takes automatic detection for on and everything else ' +
    'for absent. So a machine with a fixed proxy and detection switched off asks for wpad all the same, and goes direct when there is none.',
  confirm:
    'Filter `dns.qry.name contains "wpad"` while the service starts, although “Automatically detect settings” is off. The trace of System.Net ' +
    'names WinHttpGetIEProxyConfigForCurrentUser with its error.',
  fix: 'Repair the account’s profile (its hive is not loaded, or access is denied), or name the proxy in the program’s own .exe.config, which needs no such call.',
  refutedIf: 'The settings of this account are read without an error, and detection is on in them.',
  alternatives: meantToLook,
  ...bySettings('settings that could not be read, and a search for a script', (program, view) => {
    const unreadable = countingAs(program, 'unreadable', 'true');
    const requests = looked(view, program) ? program.requests : [];
    const [first] = requests;
    if (unreadable.length === 0 || !first) return [];
    return [
      {
        settings: unreadable,
        requests,
        also: seqs(
          view
            .ofType('discovery.started')
            .filter(({ seq, data }) => data.client === program.client && seq < (first.routes?.seq ?? 0)),
        ),
        why: `The settings of ${nameOf(program)} could not be read, so it looked for a script; ${sayAttempts(first.attempts)} for ${first.target.host}.`,
        // What a proxy then says is its own affair: with the right settings it would be asked too.
        match: {
          explains: [...seqs(unreadable), ...requests.filter(wentDirect).flatMap((request) => wholeOf(view, request))],
        },
      },
    ];
  }),
});
