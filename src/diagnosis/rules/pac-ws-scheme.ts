import { seqs } from '../../trace/view.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { dissenterOf, missedBecause } from '../handed.ts';
import { rule } from '../rule.ts';

const asWeb = (url: string): string => url.replace(/^ws/i, 'http');

export const pacWsScheme = rule({
  id: 'pac-ws-scheme',
  title: 'The script knows https: but not wss:',
  severity: 'error',
  summary:
    'Browsers show WebSocket URLs to the script as ws: and wss:, Windows and .NET as http: and https:. Rules on "https:" ' +
    'miss the former, so pages load and their WebSockets take another way.',
  confirm: 'The page goes to the proxy, and SYNs to port 443 of the same host appear beside it: `tcp.flags.syn==1`.',
  fix: 'Decide by the host alone, or treat wss: like https: and ws: like http:.',
  refutedIf: 'The script gives the same answer for the https: URL of this host.',
  alternatives: [],
  needs: [
    {
      says: 'a WebSocket URL in the hands of a script',
      seen: (view) => view.ofType('pac.answered').filter(({ data }) => /^wss?:/i.test(data.url)),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const url = evaluation.answered?.data.url ?? '';
      if (!/^wss?:/i.test(url)) return [];
      const missed = missedBecause(evaluation, url, asWeb(url));
      const other = dissenterOf(view, evaluation);
      const web = /^https?:/i.test(other?.answered?.data.url ?? '') ? other : undefined;
      if (!missed && !web) return [];
      const but = web ? `; ${web.client} showed it ${web.answered?.data.url ?? ''} and ${sayRoute(web)}` : '';
      const why = `${evaluation.client} showed ${url} to the script and ${sayRoute(evaluation)}${but}.`;
      const both = web ? [evaluation, web] : [evaluation];
      return [scriptMatch(both, { confidence: web ? 'certain' : 'likely', why, evidence: seqs(missed) })];
    }),
});
