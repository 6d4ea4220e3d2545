import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { wholeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { visitsOf } from '../visits.ts';
import type { Visit } from '../visits.ts';

function match(view: View, { asked, answered, backend, others }: Visit): Match[] {
  if (answered.data.page !== 'timeout' || !backend?.finished) return [];
  const [reached] = backend.ofType('origin.request');
  const waited = backend.finished.at - backend.started.at;
  if (!reached) return [];
  const told = seqs(asked, answered);
  return [
    {
      about: backend.target.host,
      confidence: 'certain',
      why:
        `${backend.target.host} had the request, and no answer came in ${sayDuration(waited)}, the connector’s limit ` +
        `${waited > 100_000 ? 'with the setting Long' : 'unless the setting is Long'}. The user saw a timeout page.`,
      evidence: [...told, ...seqs(backend.started, reached, backend.finished)],
      explains: [...told, ...[backend, ...others].flatMap((request) => wholeOf(view, request))],
    },
  ];
}

export const beTimeout85180 = rule({
  id: 'be-timeout-85-180',
  title: 'The application answers later than the connector waits',
  severity: 'error',
  summary:
    'The connector waits 85 s for an application, or 180 s where its timeout is set to Long. The application has the ' +
    'request and takes longer. The user sees a timeout page, and no proxy or firewall has anything to do with it.',
  confirm:
    'Filter `ip.addr==<address of the application> && http`: the request, then nothing until the connector closes the ' +
    'connection after 85 s or 180 s. The application’s own log shows how long it really takes.',
  fix:
    'In the Entra admin center, under the application’s proxy properties, set Backend application timeout to Long (180 s); ' +
    'where that is not enough, make the application answer sooner or do its work in the background.',
  refutedIf: 'The application’s log has the request as answered within the limit.',
  alternatives: [],
  needs: [
    {
      says: 'a timeout page that a user saw',
      seen: (view) => view.ofType('user.answered').filter(({ data }) => data.page === 'timeout'),
    },
  ],
  find: (view) => visitsOf(view).flatMap((visit) => match(view, visit)),
});
