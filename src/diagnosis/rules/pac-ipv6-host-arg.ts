import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { stringsIn } from '../script-text.ts';
import { rule } from '../rule.ts';

/** A text of the script that begins as an IPv6 address in brackets does. */
const bracketed = ({ text, answered }: Evaluation): string | undefined =>
  answered?.data.host.includes(':') === true && !answered.data.host.startsWith('[')
    ? stringsIn(text).find((one) => /^\[[0-9a-f]*:/i.test(one))
    : undefined;

export const pacIpv6HostArg = rule({
  id: 'pac-ipv6-host-arg',
  title: 'The script looks for brackets that the host does not have',
  severity: 'warning',
  summary:
    'In a URL an IPv6 address stands in brackets, in the argument host it does not (pac-resolver is the exception). A ' +
    'rule that compares host with a text in brackets never matches.',
  confirm: '`paclab pac eval wpad.dat http://[2001:db8::1]/` and an alert(host) in the script.',
  fix: 'Compare without brackets: host.substring(0, 9) == "2001:db8:", or isInNetEx where it exists.',
  refutedIf: 'The script takes brackets off, or compares the URL and not the host.',
  alternatives: [],
  needs: [
    {
      says: 'an IPv6 host handed over without brackets to a script that has them',
      seen: (view) => evaluationsOf(view).flatMap((one) => (bracketed(one) !== undefined && one.answered) || []),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const text = bracketed(evaluation);
      if (text === undefined) return [];
      const host = evaluation.answered?.data.host ?? '';
      const why = `The script compares with "${text}", but ${evaluation.client} handed over ${host}; it ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'likely', why })];
    }),
});
