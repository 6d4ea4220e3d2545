import { entriesOf, isRunTogether } from '../answer-text.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { rule } from '../rule.ts';

const runTogether = ({ data }: TraceEvent<'pac.answered'>): boolean => entriesOf(data.answer ?? '').some(isRunTogether);

export const pacSeparatorMistake = rule({
  id: 'pac-separator-mistake',
  title: 'The proxies of the answer are not separated by semicolons',
  severity: 'error',
  summary:
    'Only ";" separates entries. WinHTTP also takes blanks, so Windows services work; Chromium drops the whole entry ' +
    'and goes DIRECT, Firefox keeps an entry without a host and speaks proxy language to the origin.',
  confirm: '`paclab pac compare wpad.dat <url>` shows what each client makes of the answer.',
  fix: 'Write "PROXY a:8080; PROXY b:8080".',
  refutedIf: 'The answer holds a semicolon between every two entries.',
  alternatives: [],
  needs: [
    { says: 'an answer with entries run together', seen: (view) => view.ofType('pac.answered').filter(runTogether) },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, client } = evaluation;
      if (!answered || !runTogether(answered)) return [];
      const { answer, routes } = answered.data;
      const why = `The script returned "${answer}", of which ${client} made ${routes.join('; ')}: it ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { about: answer ?? '', confidence: 'certain', why })];
    }),
});
