import { sayDuration } from '../../duration.ts';
import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { dnsSearchesOf, fellAfter } from '../wpad.ts';

/** Chromium gives up its search for wpad after so long; whoever waits longer waits with every page. */
const long = 1000;

const cascades = kept((view) =>
  dnsSearchesOf(view).flatMap((search) => {
    const absent = search.answers.filter(({ data }) => data.rcode === 'NXDOMAIN' && data.name.includes('.'));
    const suffixes = new Set(absent.map(({ data }) => data.name.toLowerCase()));
    const endless = search.ms >= long && search.finished.data.reason !== 'dns.nxdomain';
    return suffixes.size > 1 && endless ? [{ search, absent, suffixes }] : [];
  }),
);

export const wpadDnsSuffixCascade = rule({
  id: 'wpad-dns-suffix-cascade',
  title: 'wpad is asked for with one suffix after the other',
  severity: 'warning',
  summary:
    'Browsers ask for the bare name wpad, and the stub resolver tries each suffix of its search list in turn. A long ' +
    'list of slow negative answers makes the first request wait; Chromium gives the search up after 1 s, however near ' +
    'the right suffix is.',
  confirm:
    'Filter `dns.qry.name contains "wpad"`: wpad.<first>, wpad.<second> and so on, each with NXDOMAIN. ' +
    '`ipconfig /all` or resolv.conf shows the search list.',
  fix: 'Shorten the search list, put the suffix that has the wpad record first, and have absent names answered quickly.',
  refutedIf: 'The answers come within milliseconds, or the list has one suffix only.',
  alternatives: [
    {
      id: 'wpad-dns-timeout',
      tellApart: 'A single suffix whose question gets no answer at all would take as long.',
    },
  ],
  needs: [
    {
      says: 'NXDOMAIN for wpad with two suffixes, in a search of a second or more',
      seen: (view) => cascades(view).flatMap(({ absent }) => absent),
    },
  ],
  find: (view) =>
    cascades(view).map(({ search, absent, suffixes }) => {
      const { client, started, finished, ms, queries } = search;
      const shown = seqs(started, queries, absent, finished);
      const { then, explains, ...rest } = scriptFault(view, shown, fellAfter(view, search));
      const last = search.names.at(-1) ?? 'wpad';
      const found = finished.data.url === null ? `gave up at ${last}` : `found ${last}`;
      return {
        ...rest,
        // The last question has no answer only because the search had no more time for it.
        explains: [...explains, ...shown],
        about: client,
        confidence: 'certain',
        why: `${client} asked for ${suffixes.size} absent names in turn (${[...suffixes].join(', ')}) and ${found} after ${sayDuration(ms)}${then}.`,
      };
    }),
});
