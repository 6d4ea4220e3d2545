import { leadsNowhere, searchesWith } from '../option252.ts';
import { rule } from '../rule.ts';

export const dhcp252MalformedUrl = rule({
  id: 'dhcp252-malformed-url',
  title: 'DHCP option 252 holds no URL',
  severity: 'error',
  summary:
    'The value cannot be parsed as an absolute URL: a relative one, or one with blanks or line ends in it. The client ' +
    'has found something, so it does not ask DNS either, and fetches nothing.',
  confirm:
    'Filter `dhcp.option.type==252` and read the value byte by byte; no GET follows. The System.Net trace says that it ' +
    'failed to parse the auto-detected location.',
  fix: 'Write the whole URL into the option, http://wpad.corp.example/wpad.dat, without quotes, blanks or line ends.',
  refutedIf: 'The same value, typed into a browser’s field for the script address, is fetched.',
  alternatives: [],
  needs: [
    {
      says: 'an option 252 that is no absolute URL',
      seen: (view) => searchesWith(view, 'malformed').flatMap(({ answers }) => [...answers]),
    },
  ],
  find: (view) => searchesWith(view, 'malformed').map((search) => leadsNowhere(view, search, 'which is no URL')),
});
