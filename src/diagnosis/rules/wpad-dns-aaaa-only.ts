import type { TraceEvent } from '../../trace/events.ts';
import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { dnsSearchesOf, fellAfter } from '../wpad.ts';

const isEmpty = ({ data }: TraceEvent<'dns.answer'>): boolean =>
  data.qtype === 'A' && data.rcode === 'NOERROR' && data.answers.length === 0;

const without = kept((view) =>
  dnsSearchesOf(view).flatMap((search) => {
    const empty = search.answers.filter(isEmpty);
    return empty.length > 0 && search.finished.data.url === null ? [{ search, empty }] : [];
  }),
);

export const wpadDnsAaaaOnly = rule({
  id: 'wpad-dns-aaaa-only',
  title: 'wpad exists, but has no IPv4 address',
  severity: 'error',
  summary:
    'The name wpad exists and has no A record, most often because only an AAAA record was published. Discovery of ' +
    'Windows asks for A alone and finds nothing; browsers on machines with IPv6 find it.',
  confirm:
    'Filter `dns.qry.name contains "wpad" && dns.qry.type==1 && dns.flags.rcode==0 && dns.count.answers==0`. ' +
    '`nslookup -type=AAAA wpad.<suffix>` shows the other record.',
  fix: 'Publish an A record beside the AAAA record of wpad, and have the script served on both addresses.',
  refutedIf: 'A question for the A record of the same name is answered with an address.',
  alternatives: [],
  needs: [
    {
      says: 'an answer for wpad that has no error and no address',
      seen: (view) => without(view).flatMap(({ empty }) => empty),
    },
  ],
  find: (view) =>
    without(view).map(({ search, empty }) => {
      const { client, started, finished } = search;
      const { then, ...rest } = scriptFault(view, seqs(started, empty, finished), fellAfter(view, search));
      const names = [...new Set(empty.map(({ data }) => data.name))].join(' and ');
      return {
        ...rest,
        about: names,
        confidence: 'likely',
        why: `${names} exists but has no A record, and ${client} asks for no other${then}.`,
      };
    }),
});
