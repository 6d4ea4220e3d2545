import { entriesOf } from '../answer-text.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { pick, seqs } from '../../trace/view.ts';
import { evaluationsOf, sayRoute, scriptMatch } from '../evaluations.ts';
import { dissenterOf } from '../handed.ts';
import { rule } from '../rule.ts';

/** An IPv6 address without brackets: where its last group ends and the port begins is a guess. */
const isBare = (target: string): boolean => /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]+$/i.test(target);

const namesBare = ({ data }: TraceEvent<'pac.answered'>): boolean =>
  entriesOf(data.answer ?? '').some(({ target }) => isBare(target));

export const pacProxyIpv6Literal = rule({
  id: 'pac-proxy-ipv6-literal',
  title: 'The script names a proxy by an IPv6 address without brackets',
  severity: 'error',
  summary:
    'Colons of the address and of the port cannot be told apart. Chromium takes the last colon for the port and gets ' +
    'through; Firefox keeps an entry without a host and talks proxy language to the origin.',
  confirm: '`paclab pac compare wpad.dat <url>` shows what each client makes of the answer.',
  fix: 'Write "PROXY [2001:db8::8]:8080", better a name: not every stack reads addresses here.',
  refutedIf: 'The address stands in brackets.',
  alternatives: [],
  needs: [{ says: 'a bare IPv6 address in an answer', seen: (view) => view.ofType('pac.answered').filter(namesBare) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const { answered, request, client } = evaluation;
      if (!answered || !namesBare(answered) || request.ok) return [];
      const other = dissenterOf(view, evaluation);
      const but = other?.request.ok === true ? `; ${other.client} ${sayRoute(other)}` : '';
      const dials = pick(
        view.between(request.started.seq, request.finished?.seq ?? Infinity),
        'tcp.syn',
        'tcp.timeout',
      );
      const evidence = seqs(dials.filter(({ by }) => by === request.by));
      const { answer, routes } = answered.data;
      const why = `The script returned "${answer ?? ''}", of which ${client} made ${routes.join('; ')}: it ${sayRoute(evaluation)}${but}.`;
      return [
        scriptMatch(but === '' || !other ? [evaluation] : [evaluation, other], {
          confidence: 'certain',
          why,
          evidence,
          explains: evidence,
        }),
      ];
    }),
});
