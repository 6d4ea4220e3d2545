/** Searches for wpad that walked up from the client's suffix. */
import type { TraceEvent } from '../trace/events.ts';
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { accepted, decidedBy, dnsSearchesOf } from './wpad.ts';
import type { DnsSearch } from './wpad.ts';

export interface Climb {
  /** Names that were asked first and do not exist. */
  absent: readonly TraceEvent<'dns.answer'>[];
  found: DnsSearch;
}

export const climbsOf = kept((view): readonly Climb[] => {
  const searches = dnsSearchesOf(view);
  return searches.flatMap((found) => {
    const [name] = found.names;
    if (found.addresses.length === 0 || name === undefined || !name.includes('.')) return [];
    const parent = name.slice(name.indexOf('.'));
    const below = searches.filter(
      ({ client, started, names }) =>
        client === found.client &&
        started.seq < found.started.seq &&
        names.some((other) => other !== name && other.endsWith(parent)),
    );
    const absent = below.flatMap(({ answers }) => answers.filter(({ data }) => data.rcode === 'NXDOMAIN'));
    return absent.length > 0 ? [{ absent, found }] : [];
  });
});

/** The evidence of a climb, in events and in words. */
export function climbMatch(view: View, { absent, found }: Climb): { about: string; evidence: number[]; why: string } {
  const script = accepted(found);
  const [request] = decidedBy(view, found);
  const [routes] = request?.ofType('pac.answered') ?? [];
  const missed = [...new Set(absent.map(({ data }) => data.name))].join(' and ');
  const took = routes ? `, and its script sends ${request?.url} to ${routes.data.routes.join('; ')}` : '';
  const [name] = found.names;
  return {
    about: name ?? 'wpad',
    evidence: seqs(absent, found.answers, found.finished, script, routes, request?.finished),
    why: `${missed} does not exist, so ${found.client} walked up to ${name} (${found.addresses.join(', ')})${took}.`,
  };
}
