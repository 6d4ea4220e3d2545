import { requestsOf, routeOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { sentBy } from '../evaluations.ts';
import { rule } from '../rule.ts';
import { schemeMapOf } from '../scheme-map.ts';
import type { SchemeMap } from '../scheme-map.ts';

interface Parting {
  socket: Request;
  page: Request;
  map: SchemeMap;
}

/** A WebSocket and a page of the same host by two proxies of one map. */
const partings = kept((view): readonly Parting[] =>
  requestsOf(view).flatMap((socket) => {
    const map = /^wss?$/.test(socket.target.scheme) ? schemeMapOf(view, socket.client) : undefined;
    if (!map || socket.ofType('pac.answered').length > 0) return [];
    const web = socket.target.scheme.replace('ws', 'http');
    const page = requestsOf(view).find(
      ({ client, target }) => client === socket.client && target.host === socket.target.host && target.scheme === web,
    );
    return page && routeOf(page) !== routeOf(socket) ? [{ socket, page, map }] : [];
  }),
);

export const selectWsMapping = rule({
  id: 'select-ws-mapping',
  title: 'The page goes by one proxy, its WebSocket by another',
  severity: 'warning',
  summary:
    'A map of proxies by scheme has no entry for ws and wss. Chromium takes the one for all others (socks=), then that of ' +
    'https, then that of http, so a WebSocket of an http page leaves by the https proxy, or by SOCKS.',
  confirm:
    'Two proxies see the same client and host: one the GET of the page, the other a CONNECT to the same port (or SOCKS). ' +
    'Filter `http.request.method=="CONNECT"` and compare the destination of the packets.',
  fix: 'Use one proxy for all schemes, or let all proxies of the map carry the same hosts and ports.',
  refutedIf: 'Both connections reach the same proxy.',
  alternatives: [],
  needs: [
    {
      says: 'a WebSocket by another proxy than a page of the same host, from a map by scheme',
      seen: (view) => partings(view).map(({ map }) => map.setting),
    },
  ],
  find: (view) =>
    partings(view).map(({ socket, page, map }) => ({
      about: `${socket.client} ${socket.target.host}`,
      severity: socket.ok || socket.finished?.data.error === null ? 'warning' : 'error',
      confidence: 'certain',
      why: `${map.setting.data.name} of ${socket.client} is "${map.setting.data.value}": ${page.url} went by ${routeOf(page) ?? 'nothing'}, ${socket.url} by ${routeOf(socket) ?? 'nothing'}.`,
      evidence: seqs(map.setting, page.routes, page.finished, socket.routes, socket.finished),
      explains: sentBy(socket),
    })),
});
