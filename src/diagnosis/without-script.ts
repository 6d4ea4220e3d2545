/** Requests that were decided without the script that the client had looked for: what became of the search. */
import { decisionOf } from '../trace/discovery.ts';
import type { Decision } from '../trace/discovery.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Request } from '../trace/requests.ts';
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { downloadsOf } from './downloads.ts';

export interface LostScript {
  /** What shows that there is no script: the failed search, download or run. */
  evidence: (TraceEvent | undefined)[];
  /** The whole search, both ends of its connections. */
  explains: number[];
  /** In words: `http://wpad.corp.example/wpad.dat answered 404`. */
  says: string;
}

/** A script was configured or found, and could not be had or run; undefined otherwise. */
export function lostScript(view: View, request: Request): LostScript | undefined {
  const decision = decisionOf(view, request);
  const { downloads, searches, failed, script } = decision;
  const lost = downloads.findLast(({ data }) => !data.accepted);
  const configured = searches.find(({ started }) => started.data.source === 'configured');
  const works = script && !failed && !downloadsOf(view).find(({ fetched }) => fetched === script)?.broken;
  if (!decision.withoutScript || works || (!lost && !configured && !failed && !script)) return undefined;
  return {
    evidence: [...searches.map(({ finished }) => finished), lost ?? script, failed],
    explains: searchOf(view, decision, request),
    says: lost ? sayLost(lost) : failed ? `the script failed: ${failed.data.message}` : 'the script was not found',
  };
}

function sayLost({ data }: TraceEvent<'pac.fetched'>): string {
  if (data.status !== null) return `${data.url} answered ${data.status}${data.status === 200 ? ' and no script' : ''}`;
  return `${data.url} could not be fetched (${data.failure ?? data.reason ?? 'no answer'})`;
}

function searchOf(view: View, { searches, downloads, failed }: Decision, { by, client }: Request): number[] {
  // Who was asked before, and knew nothing, has not lost it.
  const led = searches.filter(({ finished }) => (finished?.data.url ?? null) !== null);
  const own = seqs(
    (led.length > 0 ? led : searches).flatMap(({ started, finished }) => [started, finished]),
    downloads,
    failed,
  );
  const conns = new Set(downloads.map(({ data }) => data.conn));
  const during = view.between(own[0] ?? 0, own.at(-1) ?? -1);
  return seqs(
    during.filter((event) => event.by === by || ('client' in event.data && event.data.client === client)),
    during.filter(({ data }) => 'conn' in data && conns.has(data.conn)),
    [...conns].flatMap((conn) => (conn === null ? [] : view.onConnection(conn))),
    failed,
  );
}
