import { groupIn } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { evaluationsOf, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { keepsState } from '../script-text.ts';
import { rule } from '../rule.ts';

export const pacRandomBalancing = rule({
  id: 'pac-random-balancing',
  title: 'The script sends one host to one proxy now and to another then',
  severity: 'warning',
  summary:
    'A script that picks proxies by chance or in turn splits what belongs together: sessions bound to an address, NTLM ' +
    'handshakes, pooled tunnels. Each new request may appear at the destination from another address.',
  confirm: 'In the logs of two proxies the same client and host alternate within seconds.',
  fix: 'Choose by a hash of the host, so that one host always has the same first proxy and the other as second.',
  refutedIf: 'The answers differ because of the time, of DNS or of another script.',
  alternatives: [],
  needs: [{ says: 'two answers of a script', seen: (view) => view.ofType('pac.answered').slice(1) }],
  find: (view) =>
    [...byQuestion(view).values()].flatMap((asked) => {
      const [first] = asked;
      const other = asked.find(({ answered }) => answered?.data.answer !== first?.answered?.data.answer);
      if (!first || !other || !keepsState(first.text) || !sameInputs(first, other)) return [];
      const both = [first, other] as const;
      if (both.some(({ answered }) => answered === undefined || answered.data.runs > 1)) return [];
      const answers = both.map(({ answered }) => `"${answered?.data.answer ?? ''}"`).join(' and then ');
      const why = `${first.client} asked twice for ${first.request.url} and got ${answers}, with nothing changed in between.`;
      return [scriptMatch(both, { confidence: 'likely', severity: 'warning', why })];
    }),
});

function byQuestion(view: View): Map<string, Evaluation[]> {
  const questions = new Map<string, Evaluation[]>();
  for (const evaluation of evaluationsOf(view)) {
    const { client, loaded, request } = evaluation;
    if (loaded) groupIn(questions, `${client} ${loaded.data.sha256} ${request.url}`, () => []).push(evaluation);
  }
  return questions;
}

/** What the helpers said was the same both times. */
function sameInputs(left: Evaluation, right: Evaluation): boolean {
  const said = ({ calls }: Evaluation): string =>
    JSON.stringify(calls.map(({ data }) => [data.helper, data.args, data.result]));
  return said(left) === said(right);
}
