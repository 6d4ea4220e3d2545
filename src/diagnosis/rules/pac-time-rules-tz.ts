import { seqs } from '../../trace/view.ts';
import { atLine, callsOf, disagreementsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { rule } from '../rule.ts';

const helpers = ['timeRange', 'weekdayRange', 'dateRange'];

/** Milliseconds within which two clocks are taken to show the same time. */
const together = 60_000;

export const pacTimeRulesTz = rule({
  id: 'pac-time-rules-tz',
  title: 'A rule on the time of day is read in the time zone of each machine',
  severity: 'error',
  summary:
    'timeRange, weekdayRange and dateRange use the machine’s own zone unless "GMT" is their last argument. Servers that ' +
    'run on UTC and machines of travellers open and close at other hours than the office.',
  confirm: 'Compare the time zones of two machines that disagree, and the hours at which it fails.',
  fix: 'Add "GMT" as last argument and count in UTC, or leave opening hours to the proxy.',
  refutedIf: 'Both machines have the same zone and the same time.',
  alternatives: [],
  needs: [
    {
      says: 'a question about the time of day',
      seen: (view) => view.ofType('pac.called').filter(({ data }) => helpers.includes(data.helper)),
    },
  ],
  find: (view) =>
    disagreementsOf(view).flatMap(([left, right]) => {
      const apart = callsApart(left, right);
      if (!apart) return [];
      const [mine, yours] = apart;
      const args = mine.data.args.map((value) => JSON.stringify(value)).join(', ');
      const why = `At the same time ${mine.data.helper}(${args})${atLine(mine)} is ${String(mine.data.result)} on ${left.client}, which ${sayRoute(left)}, and ${String(yours.data.result)} on ${right.client}, which ${sayRoute(right)}.`;
      return [scriptMatch([left, right], { confidence: 'certain', why, evidence: seqs(mine, yours) })];
    }),
});

function callsApart(left: Evaluation, right: Evaluation) {
  for (const mine of callsOf(left, ...helpers)) {
    const yours = callsOf(right, mine.data.helper).find(
      ({ data, at }) =>
        JSON.stringify(data.args) === JSON.stringify(mine.data.args) &&
        data.result !== mine.data.result &&
        Math.abs(at - mine.at) < together,
    );
    if (yours) return [mine, yours] as const;
  }
  return undefined;
}
