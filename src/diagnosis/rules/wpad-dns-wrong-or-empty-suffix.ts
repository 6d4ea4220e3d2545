import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { consequence, directIsOpen, sayConsequence } from '../fail-open.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { dnsSearchesOf, fellAfter, wholeSearch } from '../wpad.ts';
import type { DnsSearch } from '../wpad.ts';

export const wpadDnsWrongOrEmptySuffix = rule({
  id: 'wpad-dns-wrong-or-empty-suffix',
  title: 'The machine looks for wpad under the wrong DNS suffix, or under none',
  severity: 'error',
  summary:
    'Discovery asks for wpad.<suffix of the machine>. A machine without a suffix, as in a workgroup or a DMZ, asks for ' +
    'the bare name; one with another suffix asks in another zone. The record is there, and is never asked for.',
  confirm:
    'Filter `dns.qry.name contains "wpad"` (Message Analyzer: `DNS`) and compare the name asked with the zone that holds the record. ' +
    '`ipconfig /all` shows the primary suffix and that of each adapter; `nslookup wpad.<zone>.` finds the record.',
  fix:
    'Set the primary DNS suffix of the machine (or the adapter’s, by DHCP option 15) to the zone that holds wpad, or ' +
    'publish wpad in the zone that the machine asks. A server needs neither with ' +
    '<proxy proxyaddress="http://proxyserver:8080"/> under defaultProxy in ApplicationProxyConnectorService.exe.config and ApplicationProxyConnectorUpdaterService.exe.config.',
  refutedIf: 'The zone of the name that was asked is the one in which the record is meant to be.',
  alternatives: [
    {
      id: 'wpad-dns-nxdomain',
      tellApart: 'No zone of this network holds wpad: then the record is missing, whatever the suffix.',
    },
  ],
  needs: [
    {
      says: 'a question for the bare name wpad alone, or for wpad in a zone beside the one that has it',
      seen: (view) => lost(view).flatMap(({ search }) => [...search.queries]),
    },
  ],
  find: (view) => lost(view).flatMap((one) => match(view, one)),
});

interface Lost {
  search: DnsSearch;
  /** Another client found wpad elsewhere. */
  elsewhere: DnsSearch | undefined;
}

const lost = (view: View): Lost[] =>
  dnsSearchesOf(view).flatMap((search) => {
    const { finished, names, client } = search;
    if (finished.data.reason !== 'dns.nxdomain' || names.length === 0) return [];
    const elsewhere = dnsSearchesOf(view).find(
      (other) =>
        other.client !== client && other.addresses.length > 0 && other.names.every((name) => !names.includes(name)),
    );
    return elsewhere || names.every((name) => name === 'wpad') ? [{ search, elsewhere }] : [];
  });

function match(view: View, { search, elsewhere }: Lost): Match[] {
  const [fell] = fellAfter(view, search).filter(
    ({ blocked, request, decision }) =>
      blocked &&
      !directIsOpen(view, request.client, request.target.port) &&
      decision.searches.every(({ finished }) => finished?.data.url === null),
  );
  if (!fell) return [];
  const { client, names, queries, answers, started, finished } = search;
  const { evidence, explains } = consequence(fell);
  const asked = names.join(' and ');
  const known = elsewhere ? `, while ${elsewhere.client} found ${elsewhere.names.at(-1)}` : ': it has no DNS suffix';
  return [
    {
      about: client,
      confidence: elsewhere ? 'certain' : 'likely',
      why: `${client} asked for ${asked} only${known}; ${sayConsequence(fell)}.`,
      evidence: seqs(started, queries, answers, finished, elsewhere?.answers, elsewhere?.finished).concat(evidence),
      explains: [...seqs(wholeSearch(view, search)), ...explains],
    },
  ];
}
