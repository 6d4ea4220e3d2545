import { seqs } from '../../trace/view.ts';
import { atLine, evaluationsOf, sayRoute, scriptMatch, textArgument } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { missedBecause } from '../handed.ts';
import { rule } from '../rule.ts';

/** The client cut path and query off before it called the script. */
const isCut = ({ answered, request }: Evaluation): boolean =>
  answered !== undefined && /^[a-z]+:\/\/[^/]+\/$/.test(answered.data.url) && request.url.startsWith(answered.data.url);

export const pacPathStripped = rule({
  id: 'pac-path-stripped',
  title: 'A rule on the path never matches: the client does not show the path',
  severity: 'warning',
  summary:
    'So that scripts cannot spy, Chromium cuts path and query off https URLs, Firefox off all. A rule on the path then ' +
    'works for http in one browser and never in the other.',
  confirm: '`paclab pac compare` with the http and the https form of the URL.',
  fix: 'Decide by the host; give what needs a route of its own a host name of its own.',
  refutedIf: 'The script was called with the whole URL.',
  alternatives: [],
  needs: [
    {
      says: 'a URL that was cut before the script saw it',
      seen: (view) => evaluationsOf(view).flatMap((one) => (isCut(one) && one.answered) || []),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      if (!answered || !isCut(evaluation)) return [];
      const missed = missedBecause(evaluation, answered.data.url, request.url);
      if (!missed) return [];
      const why = `shExpMatch with "${textArgument(missed, 1)}"${atLine(missed)} would hold for ${request.url}, but ${client} showed ${answered.data.url}; it ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why, evidence: seqs(missed) })];
    }),
});
