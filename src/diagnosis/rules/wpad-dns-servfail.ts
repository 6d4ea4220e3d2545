import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { dnsSearchesOf, fellAfter } from '../wpad.ts';

const absentOrThere = new Set(['NOERROR', 'NXDOMAIN']);

const failing = kept((view) =>
  dnsSearchesOf(view).flatMap((search) => {
    const failed = search.answers.filter(({ data }) => !absentOrThere.has(data.rcode));
    return failed.length > 0 && search.finished.data.url === null ? [{ search, failed }] : [];
  }),
);

export const wpadDnsServfail = rule({
  id: 'wpad-dns-servfail',
  title: 'The resolver fails on wpad',
  severity: 'error',
  summary:
    'The answer for wpad is SERVFAIL or REFUSED: a broken resolver, not an absent record. Clients treat both alike and ' +
    'go on without a proxy, but a failure costs retries and is not remembered as an absence is.',
  confirm:
    'Filter `dns.qry.name contains "wpad" && dns.flags.rcode>0`: rcode 2 is SERVFAIL, 5 is REFUSED, 3 would be an ' +
    'absent name. Compare `nslookup wpad.<suffix>` with the name servers of the zone one by one.',
  fix:
    'Mend the resolver: for SERVFAIL its forwarder or the delegation (or DNSSEC) of the zone, for REFUSED the list of ' +
    'clients it serves. Only then see whether the record is there.',
  refutedIf: 'The same question, repeated, is answered NXDOMAIN or with an address.',
  alternatives: [],
  needs: [
    {
      says: 'an answer for wpad that is neither a record nor an absence',
      seen: (view) => failing(view).flatMap(({ failed }) => failed),
    },
  ],
  find: (view) =>
    failing(view).map(({ search, failed }) => {
      const { client, started, finished } = search;
      const { then, ...rest } = scriptFault(view, seqs(started, failed, finished), fellAfter(view, search));
      const names = [...new Set(failed.map(({ data }) => data.name))].join(' and ');
      const rcodes = [...new Set(failed.map(({ data }) => data.rcode))].join(' and ');
      const server = failed[0]?.data.server ?? 'the resolver';
      return {
        ...rest,
        about: names,
        confidence: 'certain',
        why: `${server} answered ${rcodes} for ${names}, so ${client} found no proxy script${then}.`,
      };
    }),
});
