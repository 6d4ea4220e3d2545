import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf, routeOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { sayProxy } from '../candidates.ts';
import { scriptOf } from '../evaluations.ts';
import { rule } from '../rule.ts';

interface Mixed {
  early: Request;
  late: Request;
  /** What stands at the old proxy. */
  standing: readonly TraceEvent[];
  scripts: readonly TraceEvent<'pac.loaded'>[];
}

/** A request by a new script, while a connection of the old script's choice still stands at another proxy. */
const mixedOf = kept((view): readonly Mixed[] =>
  requestsOf(view).flatMap((late) => {
    const now = scriptOf(view, late);
    const early = now && requestsOf(view).find((one) => standsBeside(view, one, late));
    const before = early && scriptOf(view, early);
    if (!early || !before || before.data.sha256 === now.data.sha256) return [];
    return [{ early, late, standing: openOf(view, early, late), scripts: [before, now] }];
  }),
);

const standsBeside = (view: View, early: Request, late: Request): boolean =>
  early.client === late.client &&
  early.started.seq < late.started.seq &&
  routeOf(early) !== routeOf(late) &&
  late.attempts[0]?.failure === null &&
  openOf(view, early, late).length > 0;

/** Connections to a proxy that nobody has closed before the later request came. */
const openOf = (view: View, early: Request, { started }: Request): TraceEvent[] =>
  early.attempts
    .filter(({ proxy }) => proxy !== null)
    .flatMap(({ conns }) => conns)
    .filter((conn) => pick(view.onConnection(conn), 'tcp.fin', 'tcp.rst').every(({ seq }) => seq > started.seq))
    .flatMap((conn) =>
      pick(view.onConnection(conn), 'tcp.opened', 'proxy.tunnel').filter(({ data }) => data.conn === conn),
    );

export const selectConnReuseAfterPacChange = rule({
  id: 'select-conn-reuse-after-pac-change',
  title: 'The script has changed, and a connection of before still runs through the old proxy',
  severity: 'warning',
  summary:
    'A script decides for new connections only. What was opened before, a WebSocket, a channel for signalling, a pooled ' +
    'connection, stays with the old proxy until it ends, so one program uses two proxies at once; switching the old one ' +
    'off cuts it.',
  confirm:
    'Filter `tcp.port==8080 && ip.src==<client>`: packets to both proxies after the change. On the old proxy, ' +
    '`netstat` shows the client’s connection as ESTABLISHED.',
  fix:
    'Restart the program after a change of the script, or drain the old proxy: let it finish what it has, and close idle ' +
    'tunnels before it is switched off.',
  refutedIf: 'The old connection was closed before the first request by the new proxy.',
  alternatives: [],
  needs: [
    {
      says: 'a request by a new script, beside a connection that still stands at another proxy',
      seen: (view) => mixedOf(view).map(({ late }) => late.started),
    },
  ],
  find: (view) =>
    mixedOf(view).map(({ early, late, standing, scripts }) => {
      const [from, to] = [sayProxy(routeOf(early) ?? ''), sayProxy(routeOf(late) ?? '')];
      return {
        about: `${early.client} ${from}`,
        confidence: 'certain',
        why: `The script of ${early.client} has changed: ${late.target.host} goes by ${to} now, while its connection to ${early.target.host} still stands at ${from}.`,
        evidence: seqs(scripts, early.routes, standing, early.finished, late.routes, late.finished),
      };
    }),
});
