import { evaluationsOf, scriptMatch } from '../evaluations.ts';
import { rule } from '../rule.ts';

export const pacSocksDirective = rule({
  id: 'pac-socks-directive',
  title: 'The script says SOCKS, and what listens there does not speak this version of it',
  severity: 'error',
  summary:
    'SOCKS in an answer is version 4 for browsers, with the name looked up by the client. A listener that speaks only HTTP ' +
    'or only version 5 gives no usable answer; stacks that know no SOCKS send it HTTP and may even succeed.',
  confirm: 'The connection to the proxy opens, and its first bytes are 04 01: `tcp.payload[0:2]==04:01`.',
  fix: 'Write PROXY for an HTTP proxy, SOCKS5 for a server of that version.',
  refutedIf: 'The server answers with 00 5a (version 4) or 05 (version 5).',
  alternatives: [],
  needs: [
    {
      says: 'an attempt by SOCKS that failed',
      seen: (view) =>
        view
          .ofType('client.attempt-finished')
          .filter(({ data }) => data.failure !== null && data.route.startsWith('SOCKS')),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      const tried = request.attempts.find(({ route, failure }) => failure !== null && route.startsWith('SOCKS'));
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
