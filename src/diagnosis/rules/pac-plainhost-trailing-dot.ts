import type { TraceEvent } from '../../trace/events.ts';
import { atLine, callsOf, evaluationsOf, sayRoute, scriptMatch, textArgument } from '../evaluations.ts';
import { rule } from '../rule.ts';

const isRooted = (call: TraceEvent<'pac.called'>): boolean =>
  call.data.helper === 'isPlainHostName' && call.data.result === false && /^[^.]+\.$/.test(textArgument(call, 0));

export const pacPlainhostTrailingDot = rule({
  id: 'pac-plainhost-trailing-dot',
  title: 'A plain host name with a dot at its end counts as one with a domain',
  severity: 'warning',
  summary:
    '"intranet." names the same host as "intranet", but isPlainHostName only looks for a dot. The inside host is sent to ' +
    'the proxy, which seldom knows it.',
  confirm: 'The URL in the proxy’s log ends its host with a dot.',
  fix: 'Take the dot off first: host = host.replace(/\\.$/, "");',
  refutedIf: 'The request was made without the dot.',
  alternatives: [],
  needs: [{ says: 'a plain name with a dot at its end', seen: (view) => view.ofType('pac.called').filter(isRooted) }],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const call = callsOf(evaluation, 'isPlainHostName').find(isRooted);
      if (!call || evaluation.answered?.data.routes[0] === 'DIRECT') return [];
      const host = textArgument(call, 0);
      const why = `isPlainHostName("${host}")${atLine(call)} is false because of the dot at the end; ${evaluation.client} ${sayRoute(evaluation)}.`;
      return [scriptMatch([evaluation], { confidence: 'certain', why, evidence: [call.seq] })];
    }),
});
