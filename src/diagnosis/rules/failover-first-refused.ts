import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { isUnreachable } from '../fail-open.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

export const failoverFirstRefused = rule({
  id: 'failover-first-refused',
  title: 'The first proxy of the list refuses connections',
  severity: 'warning',
  summary:
    'The address of the first proxy answers SYN with RST. The client moves on to the next entry, so traffic flows, ' +
    'but not where it was meant to go, and clients that try only one entry fail.',
  confirm:
    'Filter `tcp.flags.reset==1 && tcp.port==8080` with the port of your proxy: RST from the first proxy, then a ' +
    'connection to the next.',
  fix:
    'Start the service on the first proxy, correct its port in the proxy script, or take the entry out of the list. ' +
    'Clients that remember bad proxies return to it only after 5 (Chromium) to 30 minutes (.NET, Firefox).',
  refutedIf: 'A connection to the first proxy from the same machine is accepted.',
  alternatives: [],
  needs: [
    { says: 'a refused connection', seen: (view) => view.ofType('tcp.refused') },
    {
      says: 'an attempt that was followed by the next route',
      seen: (view) => view.ofType('client.attempt-finished').filter(({ data }) => data.next === 'next-route'),
    },
  ],
  find: (view) => requestsOf(view).flatMap(match),
});

function match({ client, attempts, routes, finished }: Request): Match[] {
  const [first, ...rest] = attempts;
  if (!first?.proxy || first.failure !== 'tcp.refused') return [];
  const next = rest.find((attempt) => !isUnreachable(attempt));
  if (!next) return [];
  return [
    {
      about: first.route,
      confidence: 'certain',
      why: `${first.proxy.host}:${first.proxy.port} refused ${client} with RST; the request went on by ${next.route}.`,
      evidence: seqs(
        routes,
        first.dials.flatMap((dial) => dial.events),
        first.finished,
        next.started,
        next.finished,
        finished,
      ),
      explains: seqs(first.events),
    },
  ];
}
