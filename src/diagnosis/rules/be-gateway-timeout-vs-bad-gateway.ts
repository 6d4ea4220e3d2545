import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { pageOf, visitsOf } from '../visits.ts';
import type { Visit } from '../visits.ts';

const readings = {
  'gateway-timeout': 'the service could not reach the connector: look at the cloud leg',
  'bad-gateway': 'the connector could not reach the application: look at the backend leg',
  forbidden: 'the user may not use the application: look at its assignments, not at the network',
} as const;

type Read = keyof typeof readings;

const readingOf = ({ answered: { data } }: Visit): string | undefined =>
  data.page !== null && data.page in readings ? readings[data.page as Read] : undefined;

/** Something of the connector's own traffic has failed, or a proxy stands before the application: the cause is there. */
const hasCause = (view: View, { asked, answered, backend }: Visit): boolean =>
  backend?.attempts.some(({ proxy }) => proxy !== null) === true ||
  view
    .ofType('client.finished')
    .some(
      ({ seq, data }) =>
        seq < answered.seq && data.client === asked.data.client && data.error !== null && data.url !== asked.data.url,
    );

/** The page is all there is, or the application itself said no. */
function match(view: View, visit: Visit): Match[] {
  const reading = readingOf(visit);
  if (reading === undefined || hasCause(view, visit)) return [];
  const { asked, answered } = visit;
  return [
    {
      about: 'pages of the service',
      confidence: 'certain',
      why: `A user of ${asked.data.url} saw ${pageOf(visit)}: ${reading}.`,
      evidence: seqs(asked, answered),
    },
  ];
}

export const beGatewayTimeoutVsBadGateway = rule({
  id: 'be-gateway-timeout-vs-bad-gateway',
  title: 'The service’s page tells which leg is broken',
  severity: 'info',
  summary:
    'Gateway timeout: the service cannot reach the connector. Bad gateway: the connector cannot reach the application. ' +
    'Forbidden: the user may not. The three look alike to users and are cases for three different people.',
  confirm:
    'Gateway timeout: Test-NetConnection <tenant>.msappproxy.net -Port 443 on the connector’s server, and filter ' +
    '`tcp.port==443`. Bad gateway: open the application’s internal address in a browser there, and filter `ip.addr==<address ' +
    'of the application>`. Forbidden: the application’s users and groups in the admin center.',
  fix:
    'Gateway timeout: start the connector service, and let it reach *.msappproxy.net and *.servicebus.windows.net on 443. Bad ' +
    'gateway: correct the internal URL, or start the application. Forbidden: assign the user.',
  refutedIf: 'The page comes from the application or from a proxy, not from the service.',
  alternatives: [],
  needs: [
    {
      says: 'a page of the service that a user saw in the application’s place',
      seen: (view) => visitsOf(view).flatMap((visit) => (readingOf(visit) === undefined ? [] : [visit.answered])),
    },
  ],
  find: (view) => visitsOf(view).flatMap((visit) => match(view, visit)),
});
