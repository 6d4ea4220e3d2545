/** Connections past any proxy, with the name they were for: which address of it was reached, and which was not. */
import { isPrivateAddress } from '../trace/dials.ts';
import type { Dial } from '../trace/dials.ts';
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { groupIn, kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

export interface DirectDial {
  request: Request;
  client: string;
  host: string;
  dial: Dial;
}

/** Dials of clients to public addresses without a proxy, in order. */
export const directDials = kept((view): readonly DirectDial[] =>
  requestsOf(view).flatMap((request) =>
    request.attempts
      .filter(({ proxy }) => proxy === null)
      .flatMap(({ dials }) => dials.filter(({ to }) => !isPrivateAddress(to.ip)))
      .map((dial) => ({ request, client: request.client, host: request.target.host, dial })),
  ),
);

export const isOpen = ({ dial }: DirectDial): boolean => dial.outcome === 'opened';

/** The same by client, host and port. */
export const dialsByTarget = kept((view): readonly (readonly DirectDial[])[] => {
  const groups = new Map<string, DirectDial[]>();
  for (const one of directDials(view))
    groupIn(groups, `${one.client} ${one.host}:${one.dial.to.port}`, () => []).push(one);
  return [...groups.values()];
});

/** Why there was a blocked dial, and what it brings about. */
export const effectsOf = ({ request, dial }: DirectDial): number[] =>
  seqs(
    request.routes,
    dial.events,
    request.attempts.flatMap(({ finished }) => finished),
    request.finished,
  );

/** The addresses that a client had for a name, each with the lookup that first brought it. */
export function addressesOf(view: View, { client, host }: DirectDial): ReadonlyMap<string, TraceEvent<'dns.resolved'>> {
  const first = new Map<string, TraceEvent<'dns.resolved'>>();
  for (const lookup of view.ofType('dns.resolved')) {
    if (lookup.data.client !== client || lookup.data.name !== host) continue;
    for (const address of lookup.data.addresses) if (!first.has(address)) first.set(address, lookup);
  }
  return first;
}
