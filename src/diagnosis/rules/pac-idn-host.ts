import { domainToASCII } from 'node:url';

import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { stringsIn } from '../script-text.ts';
import { rule } from '../rule.ts';

/** A name of the script in its own letters that is this host, or a domain of it, in the letters of DNS. */
const written = ({ text, answered }: Evaluation): string | undefined => {
  const host = answered?.data.host ?? '';
  if (!/(?:^|\.)xn--/.test(host)) return undefined;
  return stringsIn(text).find((one) => {
    const ascii = /[^\0-\x7f]/.test(one) ? domainToASCII(one.replace(/^[*.]+/, '')) : '';
    return ascii !== '' && (host === ascii || host.endsWith(`.${ascii}`));
  });
};

export const pacIdnHost = rule({
  id: 'pac-idn-host',
  title: 'The script has the name in its own letters, the client hands over punycode',
  severity: 'warning',
  summary:
    'Browsers write internationalised names in the form of DNS (xn--…) before they call the script. A comparison with ' +
    'the name as people write it never holds.',
  confirm: '`dns.qry.name contains "xn--"`, or an alert(host) in the script.',
  fix: 'Write the punycode form into the script, and keep the file pure ASCII.',
  refutedIf: 'The script was handed the name in its own letters.',
  alternatives: [],
  needs: [
    {
      says: 'a host in punycode that the script has in other letters',
      seen: (view) => evaluationsOf(view).flatMap((one) => (written(one) !== undefined && one.answered) || []),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const name = written(evaluation);
      if (name === undefined) return [];
      const host = evaluation.answered?.data.host ?? '';
      const why = `The script compares with "${name}", but ${evaluation.client} handed over ${host}; it ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why })];
    }),
});
