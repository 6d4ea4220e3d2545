import { sayDuration } from '../../duration.ts';
import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { isFailure } from '../programs.ts';
import { rule } from '../rule.ts';
import { dhcpSearchesOf, dnsSearchesOf, fellAfter } from '../wpad.ts';

const unanswered = kept((view) =>
  dhcpSearchesOf(view).flatMap((search) => (search.timeout ? [{ search, timeout: search.timeout }] : [])),
);

export const dhcp252InformUnanswered = rule({
  id: 'dhcp252-inform-unanswered',
  title: 'Nobody answers the DHCPINFORM that asks for option 252',
  severity: 'warning',
  summary:
    'Option 252 is asked for by DHCPINFORM, apart from the lease. Without an answer the client waits, then asks DNS. ' +
    'Where only DHCP knows the script, it goes on without a proxy.',
  confirm:
    'Filter `dhcp.option.dhcp==8` (INFORM): several from the client, and no `dhcp.option.dhcp==5` (ACK) to it. Capture ' +
    'on the server’s side too: the relay or a switch with DHCP guard may drop it.',
  fix:
    'Let the relay pass DHCPINFORM, and have the server answer clients whose address is static. Publish wpad in DNS ' +
    'too, so that nothing depends on it.',
  refutedIf: 'An ACK to the INFORM is in the capture at the client.',
  alternatives: [
    {
      id: 'wpad-dns-nxdomain',
      tellApart: 'This network never used DHCP for the script: then the record in DNS is what is missing.',
    },
    {
      id: 'wpad-dns-global-query-block-list',
      tellApart:
        'The same, and the zone holds the record: `dnscmd /info /globalqueryblocklist` on the DNS server names wpad.',
    },
    {
      id: 'dhcp252-absent',
      tellApart: 'Once the server answers, its answer has no option 252: the scope has lost it as well.',
    },
  ],
  needs: [{ says: 'a DHCPINFORM without an answer', seen: (view) => unanswered(view).map(({ timeout }) => timeout) }],
  find: (view) =>
    unanswered(view).map(({ search, timeout }) => {
      const { client, started, finished } = search;
      const fell = fellAfter(view, search);
      const { then, explains, ...fault } = scriptFault(view, seqs(started, timeout, finished), fell);
      const next = dnsSearchesOf(view).find((dns) => dns.client === client && dns.started.seq > finished.seq);
      const found = next?.finished.data.url ?? null;
      const after = found === null ? then : `, then found ${found} by DNS`;
      return {
        ...fault,
        // What DNS did not have is no cause of its own where DHCP was meant to answer.
        explains: [
          ...(next && !isFailure(next.finished) ? seqs(next.started, next.answers, next.finished) : []),
          ...explains,
        ],
        about: client,
        confidence: 'certain',
        why: `Nobody answered the DHCPINFORM of ${client}; it waited ${sayDuration(timeout.data.afterMs)}${after}.`,
      };
    }),
});
