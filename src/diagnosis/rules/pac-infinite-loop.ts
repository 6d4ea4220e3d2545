import type { TraceEvent } from '../../trace/events.ts';
import { atLine, evaluationsOf, scriptMatch } from '../evaluations.ts';
import { rule } from '../rule.ts';

const ranOut = ({ data }: TraceEvent<'pac.failed'>): boolean => data.name === 'TimeLimit';

export const pacInfiniteLoop = rule({
  id: 'pac-infinite-loop',
  title: 'The proxy script does not return',
  severity: 'error',
  summary:
    'The function runs on without an answer. WinHTTP ends a script after 60 s and the caller goes on without a proxy; ' +
    'Chromium and Firefox wait, and every later request waits behind it.',
  confirm: '`paclab pac eval wpad.dat <url>` ends at its time limit. The process that evaluates keeps one core busy.',
  fix: 'Find the loop whose end depends on the host or URL, and bound it; replace patterns with nested repetition.',
  refutedIf: 'The same script answers the same URL within a second.',
  alternatives: [
    {
      id: 'pac-cpu-heavy',
      tellApart: 'It does return when it is given enough time: the work grows with a list or a pattern.',
    },
  ],
  needs: [{ says: 'a script that hit a time limit', seen: (view) => view.ofType('pac.failed').filter(ranOut) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { failed, client, request } = evaluation;
      if (!failed || !ranOut(failed)) return [];
      const waited = Math.round((failed.at - request.started.at) / 1000);
      const why = `The script had not answered ${request.url} after ${waited} s${atLine(failed)}; ${client} ${
        evaluation.answered ? 'gave up on it' : 'still waits'
      }.`;
      return [scriptMatch([evaluation], { confidence: 'certain', severity: 'error', why })];
    }),
});
