import type { TraceEvent } from '../../trace/events.ts';
import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { consequence, directIsOpen, fellOpenOf, sayConsequence, wallsFor } from '../fail-open.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

const alternatives = [
  {
    id: 'direct-443-syn-blackhole',
    tellApart: 'Ask whether this network has a proxy at all. If not, the firewall is to be opened, not DNS.',
  },
  {
    id: 'wpad-dns-global-query-block-list',
    tellApart: 'The zone holds the record: `dnscmd /info /globalqueryblocklist` on the DNS server names wpad.',
  },
  {
    id: 'wpad-dns-wrong-or-empty-suffix',
    tellApart: 'wpad exists in another zone: compare the name asked with the zone that holds the record.',
  },
  {
    id: 'dhcp252-absent',
    tellApart: 'This network announces its script by DHCP: then option 252 is what the scope has lost.',
  },
];

export const wpadDnsNxdomain = rule({
  id: 'wpad-dns-nxdomain',
  title: 'No wpad record for the DNS suffix of the client',
  severity: 'error',
  summary:
    'Discovery asks DNS for wpad.<suffix>, and the name does not exist. Every client is fail-open here: it goes on ' +
    'without a proxy, silently. Where direct traffic is blocked, the error that people see is the blocked connection.',
  confirm:
    'Capture while the service starts. Filter `dns.qry.name contains "wpad"` shows the question and its NXDOMAIN; ' +
    '`tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: `property.TCPSynRetransmit`) shows the ' +
    'direct attempts that follow. On the server: `nslookup wpad.<suffix>`.',
  fix:
    'Publish an A record for wpad in the DNS zone of the client’s suffix, pointing to the host that serves /wpad.dat ' +
    'on port 80; or do without discovery: <proxy proxyaddress="http://proxyserver:8080"> under defaultProxy in ' +
    'ApplicationProxyConnectorService.exe.config, and the same in ApplicationProxyConnectorUpdaterService.exe.config.',
  refutedIf: 'A direct connection to the same destination succeeds, or the network is meant to have no proxy.',
  alternatives,
  needs: [
    { says: 'an NXDOMAIN for wpad', seen: (view) => view.ofType('dns.answer').filter(isNoWpad) },
    {
      says: 'a direct connection that failed because discovery found nothing',
      seen: (view) => fellOpenOf(view).flatMap(({ blocked, direct }) => (blocked ? [direct.started] : [])),
    },
  ],
  find: (view) => fellOpenOf(view).flatMap((fell) => match(view, fell)),
});

const isNoWpad = ({ data }: TraceEvent<'dns.answer'>): boolean =>
  data.rcode === 'NXDOMAIN' && /^wpad(\.|$)/i.test(data.name);

function match(view: View, fell: ReturnType<typeof fellOpenOf>[number]): Match[] {
  const { request, blocked } = fell;
  const asked = askedInVain(fell);
  if (!blocked || !asked || directIsOpen(view, request.client, request.target.port)) return [];
  const absent = pick(view.between(asked.from.seq, asked.to.seq), 'dns.answer').filter(isNoWpad);
  const [first] = absent;
  if (!first) return [];
  const names = [...new Set(absent.map(({ data }) => data.name))].join(' and ');
  const { evidence, explains } = consequence(fell);
  return [
    {
      about: first.data.name,
      confidence: 'likely',
      why: `DNS has no ${names} (NXDOMAIN), so ${request.client} ${asked.so}; ${sayConsequence(fell)}.`,
      alternatives: wallsFor(fell, alternatives),
      evidence: [...seqs(asked.from, absent, asked.to), ...evidence],
      explains,
    },
  ];
}

/** A search by DNS that came to nothing; or a URL with that name which somebody else gave, such as option 252. */
function askedInVain({ decision: { searches, downloads } }: ReturnType<typeof fellOpenOf>[number]) {
  const search = searches.find(({ started }) => started.data.source === 'dns');
  // What nobody fetches is as good as nothing.
  const nothing = searches.every(({ finished }) => finished && !/^https?:/i.test(finished.data.url ?? ''));
  if (nothing && search?.finished?.data.reason?.endsWith('dns.nxdomain') === true)
    return { from: search.started, to: search.finished, so: 'found no proxy' };
  const told = searches.find(({ finished }) => finished?.data.url != null);
  const lost = downloads.find(({ data }) => data.failure === 'dns.nxdomain' && /^\w+:\/\/wpad[.:/]/i.test(data.url));
  return told && lost ? { from: told.started, to: lost, so: `could not fetch ${lost.data.url}` } : undefined;
}
