import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { consequence, directIsOpen, sayConsequence } from '../fail-open.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { dhcpSearchesOf, dnsSearchesOf, fellAfter, wholeSearch } from '../wpad.ts';

/** A client to which DNS said that there is no wpad, and that did not ask DHCP, which told another one. */
const deaf = kept((view) =>
  dnsSearchesOf(view).flatMap((search) => {
    const asks = dhcpSearchesOf(view).some(({ client }) => client === search.client);
    const told = dhcpSearchesOf(view).find(({ downloads }) => downloads.length > 0);
    // Who got no answer, or that of a server in trouble, does not know whether DNS has it.
    const absent = search.answers.length > 0 && search.answers.every(({ data }) => saysNone.test(data.rcode));
    return !asks && told && absent && search.finished.data.url === null ? [{ search, told }] : [];
  }),
);

const saysNone = /^(NXDOMAIN|NOERROR)$/;

export const dhcp252UnsupportedClient = rule({
  id: 'dhcp252-unsupported-client',
  title: 'The script is announced by DHCP only, and this client never asks DHCP',
  severity: 'error',
  summary:
    'Option 252 is read by Windows and ChromeOS. Chromium on Linux and macOS and Firefox with its default settings ask ' +
    'DNS alone, find no wpad there, and go on without a proxy, while Windows programs beside them use it.',
  confirm:
    'Filter `dhcp.option.type==252 || dns.qry.name contains "wpad"`: no INFORM from the client, NXDOMAIN for its ' +
    'question, and an ACK with option 252 to another machine.',
  fix: 'Publish wpad in DNS as well, leading to the same script as option 252.',
  refutedIf: 'The client sends a DHCPINFORM that asks for option 252.',
  alternatives: [],
  needs: [
    {
      says: 'a client that asked DNS alone in vain, and another that was told of a script by DHCP',
      seen: (view) => deaf(view).flatMap(({ search, told }) => [search.finished, told.finished]),
    },
  ],
  find: (view) => deaf(view).flatMap((one) => match(view, one)),
});

function match(view: View, { search, told }: ReturnType<typeof deaf>[number]): Match[] {
  const [fell] = fellAfter(view, search).filter(
    ({ blocked, request }) => blocked && !directIsOpen(view, request.client, request.target.port),
  );
  if (!fell) return [];
  const { client, names, started, answers, finished } = search;
  const { evidence, explains } = consequence(fell);
  return [
    {
      about: client,
      confidence: 'certain',
      why: `DHCP told ${told.client} of ${told.finished.data.url}, but ${client} asked only DNS, which has no ${names.join(' and ')}; ${sayConsequence(fell)}.`,
      evidence: [...seqs(told.answers, told.finished, started, answers, finished), ...evidence],
      explains: [...seqs(wholeSearch(view, search)), ...explains],
    },
  ];
}
