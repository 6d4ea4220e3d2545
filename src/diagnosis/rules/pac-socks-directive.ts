import type { TraceEvent } from '../../trace/events.ts';
import { entriesOf } from '../answer-text.ts';
import type { AnswerEntry } from '../answer-text.ts';
import { evaluationsOf, scriptMatch } from '../evaluations.ts';
import { passedOver } from '../passed-over.ts';
import { rule } from '../rule.ts';

const socksIn = ({ data }: TraceEvent<'pac.answered'>): AnswerEntry[] =>
  entriesOf(data.answer ?? '').filter(({ word }) => /^socks[45]?$/i.test(word));

export const pacSocksDirective = rule({
  id: 'pac-socks-directive',
  title: 'The script says SOCKS, and what listens there does not speak this version of it',
  severity: 'error',
  summary:
    'SOCKS in an answer is version 4 for browsers, with the name looked up by the client. A listener that speaks only HTTP ' +
    'or only version 5 gives no usable answer; stacks that know no SOCKS send it HTTP and may even succeed, and WinHTTP passes over the entry and goes DIRECT.',
  confirm:
    'The connection to the proxy opens, and its first bytes are 04 01: `tcp.payload[0:2]==04:01`; or nothing goes there at all, and ' +
    '`tcp.flags.syn==1` shows SYNs to the destination itself.',
  fix: 'Write PROXY for an HTTP proxy, SOCKS5 for a server of that version.',
  refutedIf: 'The server answers with 00 5a (version 4) or 05 (version 5).',
  alternatives: [],
  needs: [
    {
      says: 'an answer with SOCKS',
      seen: (view) => view.ofType('pac.answered').filter((answered) => socksIn(answered).length > 0),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      const tried = request.attempts.find(({ route, failure }) => failure !== null && route.startsWith('SOCKS'));
      if (answered && !tried) return passedOver(view, evaluation, socksIn(answered));
      if (!answered || !tried || !tried.dials.some(({ outcome }) => outcome === 'opened')) return [];
      const others = evaluationsOf(view).filter((one) => {
        const { route } = one.request.attempts.at(-1) ?? {};
        return one.request.ok && route !== undefined && route === `PROXY ${tried.route.split(' ')[1] ?? ''}`;
      });
      const [other] = others;
      const but = other ? `; ${other.client} spoke HTTP to the same port and got through` : '';
      const why = `The script named "${answered.data.answer ?? ''}"; ${client} spoke SOCKS to ${tried.route.split(' ')[1] ?? ''}, which took the connection and gave no SOCKS answer (${tried.failure ?? ''})${but}.`;
      return [scriptMatch([evaluation, ...others.slice(0, 1)], { confidence: 'likely', severity: 'error', why })];
    }),
});
