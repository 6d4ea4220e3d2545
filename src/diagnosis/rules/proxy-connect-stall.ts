import { sayDuration } from '../../duration.ts';
import { dialsOf } from '../../trace/dials.ts';
import { within } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { matchOf, needOf, saidBy, unanswered, wasAsked } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

/** A proxy that is seen waiting for a destination has a reason; then the destination is the fault. */
const isIdle = (view: View, { attempt: { started, finished } }: ProxyAttempt): boolean =>
  within(dialsOf(view), started.seq, finished?.seq ?? Infinity).every(({ by }) => by?.startsWith('proxy:') !== true);

const stalled = (view: View): ProxyAttempt[] =>
  unanswered(view, 'http.timeout').filter((one) => wasAsked(one) && isIdle(view, one));

export const proxyConnectStall = rule({
  id: 'proxy-connect-stall',
  title: 'The proxy takes the request and never answers',
  severity: 'error',
  summary:
    'TCP to the proxy stands, it acknowledges the request, and nothing follows until the client gives up: after 30 s ' +
    '(browsers, WinHTTP), 100 s (.NET Framework), 300 s (curl), or never (Node).',
  confirm:
    'Filter `http.request.method=="CONNECT"` and look at the time to the next packet of the same stream: the proxy’s ACK, ' +
    'then nothing but the client’s FIN.',
  fix: 'Ask the team of the proxy what it waits for: a full queue of workers, a scanner or a directory that does not answer, or the destination.',
  refutedIf: 'The proxy’s answer is in the capture, only later than the client waits.',
  alternatives: [
    {
      id: 'policy-proxy-upstream-timeout',
      tellApart: 'Given time, the proxy answers 504, or its log shows that it waits for the destination.',
    },
    {
      id: 'tunnel-throttle',
      tellApart:
        'A more patient client gets its tunnel, and then waits for everything in it: what passes is held back.',
    },
  ],
  needs: [needOf('an attempt whose request to the proxy was never answered', stalled)],
  find: (view) =>
    stalled(view).map((one) => {
      const { started, finished } = one.attempt;
      const waited = finished ? ` in ${sayDuration(finished.at - started.at)}` : '';
      return matchOf(one, {
        confidence: 'certain',
        why: `${one.proxy} took "${one.asked}" of ${one.client} and said nothing${waited}; ${saidBy(one)}.`,
      });
    }),
});
