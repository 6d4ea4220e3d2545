import { seqs } from '../../trace/view.ts';
import { evaluationsOf, sayRoute, scriptMatch, twinsOf } from '../evaluations.ts';
import { cameToNothing, scriptLookupsOf } from '../script-lookups.ts';
import { rule } from '../rule.ts';

/** Different names that Chromium looks up for one URL (proxy_resolver_v8_tracing.cc). */
const limit = 20;

export const pacDnsLimit20 = rule({
  id: 'pac-dns-limit-20',
  title: 'The script looks up more names than this client allows',
  severity: 'error',
  summary:
    'Chromium looks up 20 different names for one URL; the 21st and later ones fail without a question to DNS, and the ' +
    'script goes on. Other clients ask for all of them, so browser and service part ways.',
  confirm:
    'Count the names in `dns.qry.name` for one page load: twenty, and the later names of the script are missing.',
  fix: 'Decide by the name of the host; where addresses are needed, look up the host once and compare networks.',
  refutedIf: 'DNS was asked for the name that the script got nothing for.',
  alternatives: [],
  needs: [
    {
      says: 'a lookup that failed without a question to DNS',
      seen: (view) =>
        evaluationsOf(view).flatMap((one) =>
          scriptLookupsOf(view, one).flatMap(({ call, resolved }) => (!resolved && cameToNothing(call) ? [call] : [])),
        ),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const lookups = scriptLookupsOf(view, evaluation);
      const unasked = lookups.slice(limit).filter(({ call, resolved, queries }) => {
        return !resolved && queries.length === 0 && cameToNothing(call);
      });
      const [first] = unasked;
      if (!first || lookups.filter(({ resolved }) => resolved).length < limit) return [];
      const pair = twinsOf(view).find((both) => both.includes(evaluation));
      const other = pair?.find((one) => one !== evaluation);
      const but = other ? `, while ${other.client} ${sayRoute(other)}` : '';
      const why = `${evaluation.client} looked up ${limit} names for ${evaluation.request.url}; ${first.name} was never asked for, and ${evaluation.client} ${sayRoute(evaluation)}${but}.`;
      const asked = lookups.flatMap(({ resolved }) => resolved ?? []);
      const both = other ? [evaluation, other] : [evaluation];
      return [scriptMatch(both, { confidence: 'certain', why, evidence: seqs(asked, first.call) })];
    }),
});
