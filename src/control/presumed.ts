/**
 * What no byte tells of a program outside the lab, but what the lab knows all the same: that it has not answered a
 * question, and that a script which it has sent cannot be used by anybody.
 */
import { isWpad } from '../diagnosis/wpad.ts';
import { loadPac, profileNames } from '../pac/index.ts';
import type { PacError } from '../pac/index.ts';
import type { TraceEvent } from '../trace/events.ts';

/** An event, and the number in the trace where it can be seen; none for what is nowhere in particular. */
export interface Piece {
  event: TraceEvent;
  seen: number | undefined;
}

/** The same pieces in their order, with those that are presumed at their places. */
export async function withPresumed(pieces: readonly Piece[], strangers: ReadonlySet<string>): Promise<Piece[]> {
  const more = new Map<number, { before: Piece[]; after: Piece[] }>();
  const at = (index: number): { before: Piece[]; after: Piece[] } => {
    const place = more.get(index) ?? { before: [], after: [] };
    more.set(index, place);
    return place;
  };
  for (const { first, last, client, name } of unanswered(pieces, strangers)) {
    const [begun, ended] = [pieces[first], pieces[last]];
    if (!begun || !ended) continue;
    const [by, reason] = [`client:${client}`, `${name}: dns.timeout`];
    const started: TraceEvent<'discovery.started'> = {
      ...placeOf(begun, by),
      type: 'discovery.started',
      data: { client, source: 'dns', name },
    };
    const finished: TraceEvent<'discovery.finished'> = {
      ...placeOf(ended, by),
      type: 'discovery.finished',
      data: { client, source: 'dns', url: null, reason },
    };
    at(first).before.push({ event: started, seen: begun.seen });
    at(last).after.push({ event: finished, seen: ended.seen });
  }
  for (const [index, failed] of await failuresIn(pieces)) at(index).after.push(failed);
  return pieces.flatMap((piece, index) => [
    ...(more.get(index)?.before ?? []),
    piece,
    ...(more.get(index)?.after ?? []),
  ]);
}

const placeOf = ({ event: { at } }: Piece, by: string) => ({ seq: 0, at, by });

/** Milliseconds after which nobody waits for an answer any more without asking again. */
const patience = 1000;

/** Questions for wpad of strangers that the server has left without a word: their places among the pieces. */
function unanswered(pieces: readonly Piece[], strangers: ReadonlySet<string>) {
  const asked = new Map<string, { first: number; last: number; times: number; client: string; name: string }>();
  for (const [index, { event }] of pieces.entries()) {
    if (event.type !== 'dns.query' && event.type !== 'dns.answer') continue;
    const { client, name } = event.data;
    if (!strangers.has(client) || !isWpad(name)) continue;
    const key = `${client} ${name.toLowerCase()}`;
    const before = asked.get(key);
    if (event.type === 'dns.answer') asked.delete(key);
    else asked.set(key, { first: before?.first ?? index, last: index, times: (before?.times ?? 0) + 1, client, name });
  }
  const end = pieces.at(-1)?.event.at ?? 0;
  return [...asked.values()].filter(
    ({ last, times }) => times > 1 || end - (pieces[last]?.event.at ?? end) >= patience,
  );
}

/** So many requests behind a script are answered by it again. */
const mostRequests = 5;

/** Behind a request: that its client's script fails in every profile. Which one a stranger has, nobody knows. */
async function failuresIn(pieces: readonly Piece[]): Promise<[number, Piece][]> {
  const found: [number, Piece][] = [];
  for (const [index, { event, seen }] of pieces.entries()) {
    if (event.type !== 'pac.loaded' || event.data.text.length < event.data.length) continue;
    const { client, text, sha256 } = event.data;
    const isHis = ({ event: { type, data } }: Piece): boolean =>
      'client' in data && data.client === client && (type === 'client.request' || type === 'pac.loaded');
    const later = [...pieces.entries()].slice(index + 1).filter(([, piece]) => isHis(piece));
    const next = later.findIndex(([, piece]) => piece.event.type === 'pac.loaded');
    const requests = later.slice(0, next < 0 ? mostRequests : Math.min(next, mostRequests));
    for (const [place, { event: request }] of requests) {
      if (request.type !== 'client.request') continue;
      const error = await failureOf(text, sha256, request.data.url);
      if (!error) continue;
      const { phase, name, message, line = null, column = null } = error;
      const data = { client, request: request.data.request, phase, name, message, line, column };
      found.push([
        place,
        { event: { ...placeOf({ event: request, seen }, event.by), type: 'pac.failed', data }, seen },
      ]);
    }
  }
  return found;
}

/** Milliseconds; what runs longer is not known to fail. */
const longest = 200;
const mostKnown = 100;
const known = new Map<string, PacError | null>();

/** The error of a script that fails in every profile, by the words of the first; a diagnosis asks again and again. */
async function failureOf(text: string, sha256: string, url: string): Promise<PacError | null> {
  const key = `${sha256} ${url}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  let first: PacError | null = null;
  using pac = await loadPac(text);
  for (const profile of profileNames) {
    const { error } = await pac.resolve(url, { profile, trace: false, limits: { time: longest } });
    first = error && !error.name.endsWith('Limit') ? (first ?? error) : null;
    if (!first) break;
  }
  if (known.size >= mostKnown) known.clear();
  known.set(key, first);
  return first;
}
