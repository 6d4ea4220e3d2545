import { sayDuration } from '../../duration.ts';
import { dialsOf } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { ownersOf } from '../../trace/requests.ts';
import { groupIn, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { tunnelEnds } from '../tunnel-ends.ts';
import type { TunnelEnd } from '../tunnel-ends.ts';

/** Tunnels of one proxy that it ended in the same moment, of different ages: two at least. */
function massEnds(view: View): TunnelEnd[][] {
  const moments = new Map<string, TunnelEnd[]>();
  for (const one of tunnelEnds(view)) groupIn(moments, `${one.tunnel.data.proxy} ${one.end.at}`, () => []).push(one);
  return [...moments.values()].filter((ends) => new Set(ends.map(({ age }) => age)).size > 1);
}

/** Refusals of the proxy's own port after that, up to the first connection that stands again. */
function refusalsAfter(view: View, [first]: readonly TunnelEnd[]): { refused: Dial[]; back: Dial | undefined } {
  const place = dialsOf(view).find(({ conn }) => conn === first?.tunnel.data.conn)?.to;
  const later = dialsOf(view).filter(
    ({ seq, to }) => first && seq > first.end.seq && to.ip === place?.ip && to.port === place.port,
  );
  const back = later.find(({ outcome }) => outcome === 'opened');
  return { back, refused: later.filter(({ outcome, seq }) => outcome === 'refused' && seq < (back?.seq ?? Infinity)) };
}

export const tunnelProxyRestart = rule({
  id: 'tunnel-proxy-restart',
  title: 'The proxy was restarted: all tunnels ended at once',
  severity: 'warning',
  summary:
    'Tunnels of different age ended in the same moment, and the proxy’s port refused connections for a while. Everybody ' +
    'connects again at the same time afterwards.',
  confirm:
    'Filter `(tcp.flags.reset==1 || tcp.flags.fin==1) && tcp.port==8080` (with the port of your proxy): many streams end ' +
    'within a second, then SYNs are answered with RST until the proxy is back. Its own log says when it started.',
  fix: 'Restart proxies one after the other behind a common name, drain before, and let clients wait a random time before they connect again.',
  refutedIf: 'The proxy’s process and its host ran all the time: then something between ended the streams.',
  alternatives: [],
  needs: [
    {
      says: 'two tunnels of different age that the proxy ended in the same moment',
      seen: (view) => massEnds(view).flatMap((ends) => ends.map(({ end }) => end)),
    },
    {
      says: 'a refused connection to the same proxy after that',
      seen: (view) =>
        massEnds(view).flatMap((ends) => refusalsAfter(view, ends).refused.flatMap((dial) => [...dial.events])),
    },
  ],
  find: (view) =>
    massEnds(view).flatMap((ends) => {
      const [first] = ends;
      const { refused, back } = refusalsAfter(view, ends);
      const [dial] = refused;
      if (!first || !dial) return [];
      const failed = refused.flatMap(({ seq }) => ownersOf(view).get(seq) ?? []);
      const until = back ? `; ${sayDuration((back.events[0]?.at ?? 0) - first.end.at)} later it accepted again` : '';
      return [
        {
          about: first.proxy,
          confidence: 'likely' as const,
          why: `${first.proxy} ended ${ends.length} tunnels with ${first.how} in the same moment and then refused connections${until}.`,
          evidence: seqs(
            ends.map(({ end, tunnel }) => [tunnel, end]).flat(),
            refused.flatMap(({ events }) => [...events]),
            back?.events,
          ),
          explains: [
            ...ends.flatMap(({ evidence, explains }) => [...evidence, ...explains]),
            ...failed.flatMap(({ request }) => seqs(request.events)),
          ],
        },
      ];
    }),
});
