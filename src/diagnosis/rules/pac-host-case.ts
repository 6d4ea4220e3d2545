import { seqs } from '../../trace/view.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { dissenterOf, missedBecause } from '../handed.ts';
import { rule } from '../rule.ts';

const hasCapitals = (host: string): boolean => host !== host.toLowerCase();

export const pacHostCase = rule({
  id: 'pac-host-case',
  title: 'The host is handed over with capitals, and the script compares small letters',
  severity: 'error',
  summary:
    'Browsers write the host in small letters before they call the script; WinHTTP hands over what its caller wrote. ' +
    'Comparisons in a script tell the two apart, so the browser uses the proxy and the service does not.',
  confirm:
    'The service’s own configuration or log has the URL with capitals; `paclab pac compare` with that URL differs.',
  fix: 'Begin the function with host = host.toLowerCase(); and compare patterns in small letters.',
  refutedIf: 'The script gives the same answer for the host in small letters.',
  alternatives: [],
  needs: [
    {
      says: 'a host with capitals in the hands of a script',
      seen: (view) => view.ofType('pac.answered').filter(({ data }) => hasCapitals(data.host)),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const host = evaluation.answered?.data.host ?? '';
      if (!hasCapitals(host)) return [];
      const missed = missedBecause(evaluation, host, host.toLowerCase());
      const other = dissenterOf(view, evaluation);
      const lower = other?.answered?.data.host === host.toLowerCase() ? other : undefined;
      if (!missed && !lower) return [];
      const but = lower
        ? `; ${lower.client} handed over ${lower.answered?.data.host ?? ''} and ${sayRoute(lower)}`
        : '';
      const why = `${evaluation.client} handed ${host} to the script and ${sayRoute(evaluation)}${but}.`;
      const both = lower ? [evaluation, lower] : [evaluation];
      return [scriptMatch(both, { confidence: lower ? 'certain' : 'likely', why, evidence: seqs(missed) })];
    }),
});
