import type { Attempt } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { entriesOf, isRunTogether, oddityOf } from '../answer-text.ts';
import type { AnswerEntry } from '../answer-text.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { rule } from '../rule.ts';

export const pacUnknownDirective = rule({
  id: 'pac-unknown-directive',
  title: 'An entry of the answer is not what clients understand',
  severity: 'error',
  summary:
    'Each client drops what it does not know, silently, and an empty list is DIRECT. HTTP is such a word: Firefox and ' +
    'Windows take it for PROXY, Chromium drops it. An entry without a port goes to port 80.',
  confirm: '`paclab pac compare wpad.dat <url>` shows what each client makes of the answer.',
  fix: 'Write PROXY in capitals, one blank, host, colon and port: "PROXY proxy.corp.example:8080".',
  refutedIf: 'Every entry is DIRECT, or PROXY, HTTPS, SOCKS, SOCKS4 or SOCKS5 with host:port.',
  alternatives: [],
  needs: [
    {
      says: 'an answer that some clients cannot read',
      seen: (view) => evaluationsOf(view).flatMap((evaluation) => (oddEntry(evaluation) && evaluation.answered) || []),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const odd = oddEntry(evaluation);
      if (!odd || !harmed(evaluation)) return [];
      const { answered, client } = evaluation;
      const routes = answered?.data.routes.join('; ') ?? '';
      const why = `The script returned "${answered?.data.answer ?? ''}": ${oddityOf(odd)}. ${client} made ${routes} of it and ${sayRoute(evaluation)}.`;
      const explains = astray(evaluation).flatMap(({ events }) => seqs(events, evaluation.request.finished));
      return [scriptMatch([evaluation], { about: odd.text, confidence: 'certain', why, explains })];
    }),
});

const oddEntry = ({ answered }: Evaluation): AnswerEntry | undefined =>
  entriesOf(answered?.data.answer ?? '').find((entry) => !isRunTogether(entry) && oddityOf(entry) !== null);

/** Tolerance is no fault: the client has lost an entry, or goes to a place that nobody named and fails. */
function harmed(evaluation: Evaluation): boolean {
  const { answer, routes } = evaluation.answered?.data ?? { answer: '', routes: [] };
  const wanted = entriesOf(answer ?? '');
  const lost = routes.length < wanted.length || (routes[0] === 'DIRECT' && wanted[0]?.word.toUpperCase() !== 'DIRECT');
  return lost || astray(evaluation).length > 0;
}

/** Vain attempts on a port that does not stand in the answer. That a proxy fails which does has a cause of its own. */
const astray = ({ answered, request }: Evaluation): Attempt[] =>
  request.attempts.filter(
    ({ proxy, failure }) =>
      proxy !== null && failure !== null && answered?.data.answer?.includes(`${proxy.host}:${proxy.port}`) !== true,
  );
