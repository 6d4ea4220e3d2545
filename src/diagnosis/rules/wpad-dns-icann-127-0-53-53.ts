import { dialsOf } from '../../trace/dials.ts';
import { kept, seqs } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { hostSearchesOf, fellAfter, wholeSearch } from '../wpad.ts';

const mark = '127.0.53.53';

const marked = kept((view) =>
  hostSearchesOf(view).flatMap((search) => {
    const answers = search.answers.filter(({ data }) => data.answers.includes(mark));
    return answers.length > 0 ? [{ search, answers }] : [];
  }),
);

export const wpadDnsIcann = rule({
  id: 'wpad-dns-icann-127-0-53-53',
  title: 'wpad resolves to 127.0.53.53: the internal suffix has become a public domain',
  severity: 'error',
  summary:
    'For names that used to be internal, a new top-level domain answers 127.0.53.53 at first, as a warning. Chromium ' +
    'knows the mark and fails the name (-166 ERR_ICANN_NAME_COLLISION); others connect to themselves and are refused. ' +
    'The question for wpad has left the house.',
  confirm: 'Filter `dns.a==127.0.53.53`. `nslookup wpad.<suffix>` on the machine and at a public resolver: the same.',
  fix:
    'Keep questions for the internal zone inside: have the resolver of the client hold or forward that zone. Then move ' +
    'to a domain that you own; the mark is followed by real registrations.',
  refutedIf: 'A resolver of this network holds 127.0.53.53 for the name on purpose.',
  alternatives: [],
  needs: [
    {
      says: 'the address 127.0.53.53 for wpad',
      seen: (view) => marked(view).flatMap(({ answers }) => answers),
    },
  ],
  find: (view) =>
    marked(view).map(({ search, answers }) => {
      const { client, started, finished, downloads } = search;
      const last = downloads.at(-1)?.seq ?? finished.seq;
      const dials = dialsOf(view).filter(({ seq, to }) => seq > started.seq && seq < last && to.ip === mark);
      const events = dials.flatMap((dial) => [...dial.events]);
      const evidence = seqs(started, answers, finished, events, downloads);
      // Whoever answers there all the same: what he serves is another matter.
      const served = downloads.some(({ data }) => data.conn !== null);
      const { then, explains, ...rest } = scriptFault(view, evidence, served ? [] : fellAfter(view, search));
      return {
        ...rest,
        explains: [...seqs(served ? answers : wholeSearch(view, search)), ...explains],
        about: answers[0]?.data.name ?? 'wpad',
        confidence: 'certain',
        why: `${answers[0]?.data.name} is ${mark} for ${client}${then}.`,
      };
    }),
});
