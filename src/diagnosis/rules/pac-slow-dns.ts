import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import { costMatch, evaluationsOf } from '../evaluations.ts';
import { scriptLookupsOf } from '../script-lookups.ts';
import { rule } from '../rule.ts';

/** Milliseconds of waiting for DNS in one evaluation that a user notices. */
const noticeable = 500;

export const pacSlowDns = rule({
  id: 'pac-slow-dns',
  title: 'The script waits for DNS before it can answer',
  severity: 'warning',
  summary:
    'dnsResolve, isResolvable and isInNet with a name ask DNS, and the request stands still meanwhile. With a slow ' +
    'resolver every first request to a host does, before a single packet goes to the proxy.',
  confirm: '`dns.time > 0.5` in the capture, for names of destinations, before the SYN to the proxy.',
  fix: 'Compare names first and ask DNS last; give names that need no lookup their return before the first isInNet.',
  refutedIf: 'The answers arrive within milliseconds, or the names are asked by somebody else than the evaluator.',
  alternatives: [],
  needs: [
    {
      says: 'a lookup by the script',
      seen: (view) =>
        evaluationsOf(view).flatMap((one) => scriptLookupsOf(view, one).flatMap(({ resolved }) => resolved ?? [])),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const lookups = scriptLookupsOf(view, evaluation);
      const waited = lookups.reduce((sum, lookup) => sum + lookup.waited, 0);
      if (waited < noticeable) return [];
      const slow = lookups.filter((lookup) => lookup.waited > 0);
      const names = slow.map(({ name }) => name).join(', ');
      const why = `The script waited ${sayDuration(waited)} for DNS (${names}) before it answered ${evaluation.request.url}.`;
      const evidence = slow.flatMap(({ call, queries, resolved }) => seqs(queries, resolved, call));
      return [costMatch(view, evaluation, { confidence: 'certain', why, evidence })];
    }),
});
