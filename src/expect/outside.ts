/** What of a scenario's expectations can be asked of a program outside the lab: it tells no events of its own. */
import type { EventMatcher } from './event-matcher.ts';
import { sayEvent } from './event-matcher.ts';
import type { ExpectSpec } from './spec.ts';

export interface OutsideExpectations {
  /** Undefined when nothing is left. */
  spec: ExpectSpec | undefined;
  /** What was left out, in words. */
  left: readonly string[];
}

const ofClients = /^(client|pac|discovery|dhcp|step)\.|^dns\.resolved$/;

/** Events that the lab's side writes about somebody who is not of the lab. */
function isSeen({ type, fields }: EventMatcher): boolean {
  if (ofClients.test(type)) return false;
  if (type.startsWith('tls.') && fields['role'] === 'client') return false;
  // A cable shows the last SYN, and not when the sender stopped waiting for its answer.
  if (type === 'tcp.timeout' && fields['afterMs'] !== undefined) return false;
  // How often a program's kernel sends SYN again is between the two kernels.
  return !(type === 'tcp.syn' && fields['retransmission'] !== undefined && fields['retransmission'] !== 0);
}

export function seenFromOutside(expect: ExpectSpec | undefined): OutsideExpectations {
  const left: string[] = [];
  const keep = (wanted: EventMatcher, how: string): boolean => {
    const seen = isSeen(wanted);
    if (!seen) left.push(`${how}${sayEvent(wanted)}`);
    return seen;
  };
  // The schemas of the expectations made these; the composed spec does not know them by name.
  const { events, diagnosis } = (expect ?? {}) as {
    events?: {
      order?: EventMatcher[];
      any?: EventMatcher[];
      never?: EventMatcher[];
      count?: { event: EventMatcher }[];
    };
    diagnosis?: unknown;
  };
  const order = events?.order?.filter((wanted) => keep(wanted, '')) ?? [];
  const any = events?.any?.filter((wanted) => keep(wanted, '')) ?? [];
  const never = events?.never?.filter((wanted) => keep(wanted, 'never ')) ?? [];
  const count = events?.count?.filter(({ event }) => keep(event, 'how often ')) ?? [];
  const kept = {
    ...(order.length > 0 && { order }),
    ...(any.length > 0 && { any }),
    ...(never.length > 0 && { never }),
    ...(count.length > 0 && { count }),
  };
  const spec = {
    ...(Object.keys(kept).length > 0 && { events: kept }),
    ...(diagnosis !== undefined && { diagnosis }),
  };
  return { spec: Object.keys(spec).length > 0 ? spec : undefined, left };
}
