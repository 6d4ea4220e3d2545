import { costMatch, evaluationsOf } from '../evaluations.ts';
import { rule } from '../rule.ts';

/** Helper calls for one URL. A large company's script of 300 rules makes a few hundred. */
const many = 1000;

export const pacCpuHeavy = rule({
  id: 'pac-cpu-heavy',
  title: 'The script makes thousands of comparisons for each URL',
  severity: 'warning',
  summary:
    'Every request runs through a list of thousands of patterns. It shows as latency of each request and as processor ' +
    'time in the service that evaluates, for Windows the one auto-proxy service of the machine.',
  confirm:
    'Count the calls in `paclab pac explain wpad.dat <url>`; on Windows watch the processor time of WinHttpAutoProxySvc.',
  fix: 'Put the most frequent answers first, compare the last labels of the host once by a table, and join patterns.',
  refutedIf: 'The evaluation takes less than a millisecond on the machine concerned.',
  alternatives: [],
  needs: [
    {
      says: `an evaluation with ${many} helper calls or more`,
      seen: (view) => view.ofType('pac.answered').filter(({ data }) => data.calls >= many),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const calls = evaluation.answered?.data.calls ?? 0;
      if (calls < many) return [];
      const helper = evaluation.calls[0]?.data.helper ?? 'helper';
      const why = `The script called ${helper} and others ${calls} times to answer ${evaluation.request.url}.`;
      return [costMatch(view, evaluation, { confidence: 'likely', why })];
    }),
});
