import { leadsNowhere, searchesWith } from '../option252.ts';
import { rule } from '../rule.ts';

export const dhcp252FileScheme = rule({
  id: 'dhcp252-file-scheme',
  title: 'DHCP option 252 names a file, and only http and https are fetched',
  severity: 'error',
  summary:
    'WinHTTP fetches scripts by http and https only and fails with 12006 (unrecognized scheme) otherwise. System.Net ' +
    'then stops looking: DNS is not asked. LegacyWPADSupport=1 would bring the old behaviour back.',
  confirm:
    'Filter `dhcp.option.type==252`: a value that begins with file: or ftp:. Neither a GET for /wpad.dat nor a ' +
    'question for wpad follows.',
  fix: 'Serve the script over http, and write that URL into option 252.',
  refutedIf: 'The scheme of the value is http or https.',
  alternatives: [],
  needs: [
    {
      says: 'an option 252 with a scheme other than http and https',
      seen: (view) => searchesWith(view, 'scheme').flatMap(({ answers }) => [...answers]),
    },
  ],
  find: (view) =>
    searchesWith(view, 'scheme').map((search) => leadsNowhere(view, search, 'with a scheme that is not fetched')),
});
