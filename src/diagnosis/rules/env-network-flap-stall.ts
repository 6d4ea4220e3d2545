import { sayDuration } from '../../duration.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { rule } from '../rule.ts';

/** Chromium waits so long after each change (net/proxy_resolution: kDelayAfterNetworkChangesMs). */
const hold = 2000;

interface Stall {
  request: Request;
  changes: readonly TraceEvent<'client.network'>[];
  waited: number;
}

const stalls = kept((view): readonly Stall[] =>
  requestsOf(view).flatMap((request) => {
    const waited = (request.routes?.at ?? request.started.at) - request.started.at;
    const changes = view
      .ofType('client.network')
      .filter(({ data, seq }) => data.client === request.client && seq < (request.routes?.seq ?? 0));
    const row = changes.filter(({ at }, index) => {
      const next = changes[index + 1];
      return (next?.at ?? request.started.at) - at <= hold;
    });
    return row.length > 1 && waited > 0 && row.at(-1) === changes.at(-1) ? [{ request, changes: row, waited }] : [];
  }),
);

export const envNetworkFlapStall = rule({
  id: 'env-network-flap-stall',
  title: 'The network changes every moment, and the browser holds its requests each time',
  severity: 'warning',
  summary:
    'After each change of its addresses Chromium waits 2 s before it decides about proxies again, and requests wait with it. A ' +
    'wireless link that comes and goes, or a VPN that cannot make up its mind, begins that wait anew every time: pages stand still without an error.',
  confirm:
    'chrome://net-export: NETWORK_IP_ADDRESSES_CHANGED again and again, PROXY_RESOLUTION_SERVICE waiting after each. In a capture nothing at all: no SYN until the wait is over.',
  fix: 'Find what takes the adapter up and down (Event Viewer, NetworkProfile; the VPN client; roaming), and disable adapters that nobody needs.',
  refutedIf: 'The addresses stayed the same while the request waited.',
  alternatives: [],
  needs: [
    {
      says: 'a request that waited behind changes of the network within 2 s of each other',
      seen: (view) => stalls(view).flatMap(({ changes }) => changes),
    },
  ],
  find: (view) =>
    stalls(view).map(({ request, changes, waited }) => ({
      about: request.client,
      confidence: 'likely',
      why: `The address of ${request.client} changed ${changes.length} times with less than ${sayDuration(hold)} in between, and ${request.url} waited ${sayDuration(waited)} before anything was sent.`,
      evidence: seqs(changes, request.started, request.routes),
    })),
});
