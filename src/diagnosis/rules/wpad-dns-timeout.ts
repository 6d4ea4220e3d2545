import { sayDuration } from '../../duration.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { scriptFault } from '../fail-open.ts';
import { rule } from '../rule.ts';
import { dnsSearchesOf, fellAfter, isWpad } from '../wpad.ts';
import type { DnsSearch } from '../wpad.ts';

/** Nobody answered for wpad, though the same server answers for other names. */
const unanswered = kept((view): readonly DnsSearch[] =>
  dnsSearchesOf(view).flatMap((search) => {
    const { queries, answers, finished } = search;
    // A client may ask on by a shorter name, and be told that it is not there.
    const vain = queries.filter((query) => answers.every((answer) => !isSameName(query, answer)));
    if (
      vain.length === 0 ||
      vain[0] !== queries[0] ||
      finished.data.reason?.endsWith('dns.timeout') !== true ||
      !answersElse(view, vain)
    )
      return [];
    return [{ ...search, queries: vain, names: [...new Set(vain.map(({ data }) => data.name.toLowerCase()))] }];
  }),
);

const isSameName = (query: TraceEvent<'dns.query'>, answer: TraceEvent<'dns.answer'>): boolean =>
  query.data.name.toLowerCase() === answer.data.name.toLowerCase();

const answersElse = (view: View, [query]: DnsSearch['queries']): boolean =>
  view.ofType('dns.answer').some(({ data }) => data.server === query?.data.server && !isWpad(data.name));

export const wpadDnsTimeout = rule({
  id: 'wpad-dns-timeout',
  title: 'The resolver does not answer for wpad',
  severity: 'error',
  summary:
    'Questions for wpad get no answer, while other names resolve. Each client waits as long as its stub resolver does ' +
    '(Windows 10 s, glibc 20 s for two names; Chromium gives up after 1 s) before it goes on without a proxy.',
  confirm:
    'Filter `dns.qry.name contains "wpad"`: questions, repeated, and none with `dns.flags.response==1`. ' +
    '`nslookup wpad.<suffix>` times out; another name is answered at once.',
  fix:
    'Have the resolver answer for wpad at once: a record if there is a script, NXDOMAIN if there is none. Look for a ' +
    'filter that drops the name, and for a forwarder of that zone that is gone. Or switch discovery off.',
  refutedIf: 'An answer for wpad is in the capture at the client, only later than the client waited.',
  alternatives: [],
  needs: [
    {
      says: 'a question for wpad without an answer, from a server that answers other names',
      seen: (view) => unanswered(view).flatMap(({ queries }) => [...queries]),
    },
  ],
  find: (view) =>
    unanswered(view).map((search) => {
      const { client, names, queries, started, finished, ms } = search;
      const evidence = seqs(started, queries, finished);
      const { then, ...rest } = scriptFault(view, evidence, fellAfter(view, search));
      const tries = queries.length === 1 ? 'one question' : `${queries.length} questions`;
      return {
        ...rest,
        about: names.join(' '),
        confidence: 'certain',
        why: `${tries} of ${client} for ${names.join(' and ')} got no answer; it waited ${sayDuration(ms)}${then}.`,
      };
    }),
});
