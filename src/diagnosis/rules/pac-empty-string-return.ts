import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { rule } from '../rule.ts';

const isEmpty = ({ data }: TraceEvent<'pac.answered'>): boolean => data.answer !== null && /^[\s;]*$/.test(data.answer);

export const pacEmptyStringReturn = rule({
  id: 'pac-empty-string-return',
  title: 'The script returns an empty text',
  severity: 'error',
  summary:
    'An empty list of proxies means DIRECT to most clients, "prohibited" to the old engine of .NET Framework. It is ' +
    'nearly always a variable that was never filled.',
  confirm: '`paclab pac eval wpad.dat <url>` returns "" for the URL.',
  fix: 'Return "DIRECT" where that is meant, and fill the variable where it is not.',
  refutedIf: 'The answer for this URL is not empty.',
  alternatives: [],
  needs: [{ says: 'an empty answer', seen: (view) => view.ofType('pac.answered').filter(isEmpty) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      if (!answered || !isEmpty(answered)) return [];
      const why = `The script returned "" for ${request.url}; ${client} ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why })];
    }),
});
