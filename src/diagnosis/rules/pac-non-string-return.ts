import type { TraceEvent } from '../../trace/events.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { rule } from '../rule.ts';

const isOther = ({ data }: TraceEvent<'pac.answered'>): boolean =>
  data.returned !== null && data.returned !== 'string' && data.returned !== 'undefined';

export const pacNonStringReturn = rule({
  id: 'pac-non-string-return',
  title: 'The script returns something that is no text',
  severity: 'error',
  summary:
    'null, a number, an array or an object is no list of proxies. Browsers take it for a failed script and go DIRECT; ' +
    'the old engine of .NET Framework took it for "prohibited".',
  confirm: '`paclab pac eval wpad.dat <url>` shows the type of what is returned.',
  fix: 'Return a string on every path: "DIRECT" where no proxy is meant, proxies.join("; ") for an array.',
  refutedIf: 'The function returns a string for this URL.',
  alternatives: [],
  needs: [{ says: 'an answer that is no text', seen: (view) => view.ofType('pac.answered').filter(isOther) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      if (!answered || !isOther(answered)) return [];
      const why = `The script returned ${answered.data.returned} for ${request.url}; ${client} ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why })];
    }),
});
