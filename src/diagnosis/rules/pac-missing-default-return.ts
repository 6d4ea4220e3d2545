import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { rule } from '../rule.ts';

const fellOff = ({ answered }: Evaluation): boolean => answered?.data.returned === 'undefined';

export const pacMissingDefaultReturn = rule({
  id: 'pac-missing-default-return',
  title: 'The script reaches its end without an answer for this URL',
  severity: 'error',
  summary:
    'No rule matched and there is no return at the end, so the function gives undefined. That is a script error, and ' +
    'clients go DIRECT for this URL.',
  confirm: '`paclab pac eval wpad.dat <url>` returns undefined for the URL, and a string for others.',
  fix: 'End the function with a return for everything else, for example return "PROXY proxy.corp.example:8080";',
  refutedIf: 'The last statement of the function returns a string for every URL.',
  alternatives: [],
  needs: [
    {
      says: 'a script that returned undefined',
      seen: (view) => view.ofType('pac.answered').filter(({ data }) => data.returned === 'undefined'),
    },
  ],
  find: (view) =>
    evaluationsOf(view)
      .filter(fellOff)
      .map((evaluation) =>
        scriptMatch([evaluation], {
          confidence: 'certain',
          why: `The script returned nothing for ${evaluation.request.url}; ${evaluation.client} ${sayRoute(evaluation)}.`,
        }),
      ),
});
