import { evaluationsOf, sayRoute, scriptMatch, twinsOf } from '../evaluations.ts';
import { keepsState } from '../script-text.ts';
import { rule } from '../rule.ts';

export const pacRestartSideEffects = rule({
  id: 'pac-restart-side-effects',
  title: 'The script counts, and the client runs it more than once for a URL',
  severity: 'warning',
  summary:
    'Chromium abandons a run at each DNS answer it does not have yet and starts the function again, so a counter or ' +
    'Math.random moves two or more steps for one URL. Other clients run it once: the same script distributes otherwise.',
  confirm: '`paclab pac explain wpad.dat <url>` tells how often each client runs the function.',
  fix: 'Keep no state between calls: choose among proxies by a hash of the host.',
  refutedIf: 'The script assigns to nothing outside its functions and asks no chance.',
  alternatives: [],
  needs: [
    {
      says: 'a script that was run more than once for a URL',
      seen: (view) => view.ofType('pac.answered').filter(({ data }) => data.runs > 1),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const runs = evaluation.answered?.data.runs ?? 1;
      if (runs < 2 || !keepsState(evaluation.text)) return [];
      const other = twinsOf(view)
        .find((both) => both.includes(evaluation))
        ?.find((one) => one !== evaluation);
      const apart = other && other.answered?.data.answer !== evaluation.answered?.data.answer;
      const but = apart ? `, while ${other.client}, which ran it once, ${sayRoute(other)}` : '';
      const why = `${evaluation.client} ran the script ${runs} times for ${evaluation.request.url} and ${sayRoute(evaluation)}${but}.`;
      const both = apart ? [evaluation, other] : [evaluation];
      return [scriptMatch(both, { confidence: apart ? 'certain' : 'possible', why })];
    }),
});
