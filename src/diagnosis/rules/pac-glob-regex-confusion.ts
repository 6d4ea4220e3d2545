import type { TraceEvent } from '../../trace/events.ts';
import { atLine, callsOf, evaluationsOf, sayRoute, scriptMatch, textArgument } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { fitsAsMeant } from '../handed.ts';
import { withoutComments } from '../script-text.ts';
import { rule } from '../rule.ts';

export const pacGlobRegexConfusion = rule({
  id: 'pac-glob-regex-confusion',
  title: 'A pattern of the script matches more than its author meant',
  severity: 'error',
  summary:
    'shExpMatch is a regular expression in which only ".", "*" and "?" are translated: "|", brackets and "+" stay live. ' +
    'In a real regular expression a dot without backslash is any character, so "1a2b3c4" passes for an IP address.',
  confirm: '`paclab pac explain wpad.dat <url>` shows the call that was true; `paclab pac lint` lists such patterns.',
  fix: 'One shExpMatch for each alternative; in regular expressions write \\. for a dot.',
  refutedIf: 'The host that matched is meant by the pattern.',
  alternatives: [],
  needs: [
    {
      says: 'a comparison that holds though its text does not',
      seen: (view) =>
        evaluationsOf(view).flatMap(
          (one) => spuriousMatch(one) ?? (looseQuad(one) !== undefined ? one.answered : []) ?? [],
        ),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const call = spuriousMatch(evaluation);
      const regex = looseQuad(evaluation);
      if (!call && regex === undefined) return [];
      const host = evaluation.answered?.data.host ?? '';
      const what = call
        ? `shExpMatch("${textArgument(call, 0)}", "${textArgument(call, 1)}")${atLine(call)} is true by its regular expression, not by its wildcards`
        : `${regex ?? ''} takes ${host} for an IP address`;
      const why = `${what}; ${evaluation.client} ${sayRoute(evaluation)}.`;
      return [
        scriptMatch([evaluation], { confidence: call ? 'certain' : 'likely', why, evidence: call ? [call.seq] : [] }),
      ];
    }),
});

const spuriousMatch = (evaluation: Evaluation): TraceEvent<'pac.called'> | undefined =>
  callsOf(evaluation, 'shExpMatch').find(
    (call) => call.data.result === true && !fitsAsMeant(textArgument(call, 1), textArgument(call, 0)),
  );

/** A regular expression of the script for four numbers whose dots are any character, and a host that profits from it. */
function looseQuad({ text, answered }: Evaluation): string | undefined {
  const host = answered?.data.host ?? '';
  if (!/^(?:\d+\D){3}\d+$/.test(host) || /^[\d.]+$/.test(host)) return undefined;
  return /\/\^?\(?(?:\?:)?\\d(?:\+|\{[\d,]+\})\.[^/\n]*\//.exec(withoutComments(text))?.[0];
}
