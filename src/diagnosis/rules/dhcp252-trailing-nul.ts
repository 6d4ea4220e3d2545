import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { dhcpSearchesOf, fellAfter, wholeSearch } from '../wpad.ts';

const ended = kept((view) => dhcpSearchesOf(view).filter(({ value }) => value?.endsWith('\0')));

export const dhcp252TrailingNul = rule({
  id: 'dhcp252-trailing-nul',
  title: 'The DHCP server ends option 252 with a NUL',
  severity: 'info',
  summary:
    'Some DHCP servers send the terminating NUL of the string. Windows takes it off. Clients that take the value as it ' +
    'is ask for /wpad.dat%00 (or %2500), which no server has, and go on without a proxy.',
  confirm:
    'Filter `dhcp.option.type==252` and look at the last byte of the value. In the log of the web server look for ' +
    '`wpad.dat%00`.',
  fix: 'Have the server send the string without NUL; or end the URL with `?`, so that the NUL lands in the query.',
  refutedIf: 'The last byte of the option is the last letter of the URL.',
  alternatives: [],
  needs: [
    { says: 'an option 252 that ends with a NUL', seen: (view) => ended(view).flatMap(({ answers }) => [...answers]) },
  ],
  find: (view) =>
    ended(view).map((search) => {
      const { client, answers, finished, downloads, value } = search;
      const literal = downloads.filter(({ data }) => /%(25)?00$/.test(data.url));
      const fell = literal.length > 0 ? fellAfter(view, search) : [];
      const { then, ...fault } = scriptFault(view, seqs(answers, finished, downloads), fell);
      const url = (value ?? '').replace(/\0+$/, '');
      const what = literal[0] ? `took it literally and asked for ${literal[0].data.url}` : 'took it off';
      return {
        about: url,
        confidence: 'certain',
        why: `Option 252 is ${url} and a NUL; ${client} ${what}${then}.`,
        evidence: fault.evidence,
        ...(literal.length > 0
          ? { severity: fault.severity, explains: [...seqs(wholeSearch(view, search)), ...fault.explains] }
          : {}),
      };
    }),
});
