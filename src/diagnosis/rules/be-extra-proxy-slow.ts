import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { wholeOf } from '../programs.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { pageOf, visitsOf } from '../visits.ts';
import type { Visit } from '../visits.ts';

/** Longer than any application server's neighbour should take, in milliseconds. */
const long = 10_000;

function match(view: View, visit: Visit): Match[] {
  const { asked, answered, backend, others } = visit;
  const proxy = backend?.attempts.at(-1)?.proxy;
  if (!backend?.finished || !proxy) return [];
  const [reached] = backend.ofType('origin.request');
  const [replied] = backend.ofType('origin.response');
  const whole = backend.finished.at - backend.started.at;
  const inside = reached && replied ? replied.at - reached.at : 0;
  if (!reached || !replied || whole - inside < long) return [];
  const told = seqs(asked, answered);
  return [
    {
      about: `${proxy.host}:${proxy.port}`,
      confidence: 'certain',
      why:
        `${backend.target.host} answered within ${sayDuration(inside)}, and the connector had the answer after ` +
        `${sayDuration(whole)}: ${proxy.host}:${proxy.port} between them took the rest. The user saw ${pageOf(visit)}.`,
      evidence: [...told, ...seqs(backend.started, reached, replied, backend.finished)],
      explains: [...told, ...[backend, ...others].flatMap((request) => wholeOf(view, request))],
    },
  ];
}

export const beExtraProxySlow = rule({
  id: 'be-extra-proxy-slow',
  title: 'A proxy between connector and application takes most of the time',
  severity: 'warning',
  summary:
    'The application answers at once, and the answer is long under way: a proxy between connector and application holds ' +
    'requests up. Users wait, and past 85 s they see a timeout page.',
  confirm:
    'From the connector’s server open the application in a browser, with and without the proxy. Filter `http.time > 5` on the ' +
    'proxy’s port; the application’s own log has short times.',
  fix: 'Find out why the proxy is slow (scanning, names, its own upstream), or let the connector reach the application without it.',
  refutedIf: 'The application’s own log has the same long times.',
  alternatives: [],
  needs: [
    {
      says: 'a request of a user that went to the application by a proxy',
      seen: (view) =>
        visitsOf(view).flatMap(({ backend }) =>
          backend?.attempts.some(({ proxy }) => proxy) ? [backend.started] : [],
        ),
    },
  ],
  find: (view) => visitsOf(view).flatMap((visit) => match(view, visit)),
});
