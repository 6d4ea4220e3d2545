/** Whether a run shows what the files show. */
import type { Finding } from '../finding.ts';
import { requestsOf, routeOf } from '../trace/requests.ts';
import type { TraceEvent } from '../trace/events.ts';
import { viewOf } from '../trace/view.ts';

export interface Comparison {
  /** Null when the files hold settings only, and there is nothing to compare with. */
  same: boolean | null;
  differences: string[];
  /** What packets and logs show of both, and the run, which knows the settings too, names another cause for. */
  behind: string[];
}

/** Events, and what a diagnosis finds in them. */
export interface Seen {
  events: readonly TraceEvent[];
  findings: readonly Finding[];
}

/** A finding about how packets were captured or looked at, and not about the network. */
export const isAboutCapture = ({ evidence }: Finding, events: readonly TraceEvent[]): boolean =>
  events.some(({ type, seq }) => type === 'capture.read' && evidence.includes(seq));

const aboutNetwork = ({ findings, events }: Seen): Finding[] => findings.filter((one) => !isAboutCapture(one, events));

/** `shown` are the events of the files, `played` those of the run. */
export function compareSymptoms(shown: Seen | null, played: Seen): Comparison {
  if (!shown) return { same: null, differences: [], behind: [] };
  const before = aboutNetwork(shown);
  const after = aboutNetwork(played);
  const missing = before.filter((one) => !after.some((other) => isSame(one, other)));
  const more = after.filter((one) => !before.some((other) => isSame(one, other)));
  const differences = [
    ...missing.map(({ id }) => `the files show ${id}, the run does not`),
    ...more.map(({ id }) => `the run shows ${id}, the files do not`),
    ...outcomes(shown.events, played.events),
  ];
  return { same: differences.length === 0, differences, behind: [] };
}

/** The findings of the files that the run's own packets show too, and that the run explains by something else. */
export function hidden(shown: Seen, played: readonly Finding[], packets: Seen): string[] {
  const behind = shown.findings.filter(
    (one) => !played.some((other) => isSame(one, other)) && packets.findings.some((other) => isSame(one, other)),
  );
  const causes = played.filter((one) => !shown.findings.some((other) => isSame(one, other))).map(({ id }) => id);
  const ids = [...new Set(behind.map(({ id }) => id))];
  return ids.map((id) =>
    causes.length > 0
      ? `${id} is what the files show, and what the packets of the run show too; with the settings known, the run names ${causes.join(', ')} as its cause`
      : `${id} is what the files show, and what the packets of the run show too; the run itself finds nothing wrong`,
  );
}

/** The same finding, or one that the other names as its alternative. */
const isSame = (left: Finding, right: Finding): boolean =>
  left.id === right.id ||
  left.alternatives.some(({ id }) => id === right.id) ||
  right.alternatives.some(({ id }) => id === left.id);

/** What became of each URL: its route, status and failure. */
function outcomes(shown: readonly TraceEvent[], played: readonly TraceEvent[]): string[] {
  const first = endsIn(shown);
  const second = endsIn(played);
  return [...first].flatMap(([url, ends]) => {
    const other = second.get(url);
    if (!other || [...ends].some((end) => other.has(end) || isUnread(url, end, other))) return [];
    return [`${url}: ${[...ends].join(' or ')} in the files, ${[...other].join(' or ')} in the run`];
  });
}

/** An answer inside TLS: which status it had, the files may not show. */
const isUnread = (url: string, end: string, other: ReadonlySet<string>): boolean =>
  url.startsWith('https:') && end.startsWith('an answer by ') && other.has(end.replace('an answer', 'http.status'));

function endsIn(events: readonly TraceEvent[]): Map<string, Set<string>> {
  const ends = new Map<string, Set<string>>();
  for (const request of requestsOf(viewOf(events))) {
    const { finished, url } = request;
    if (!finished || !/^https?:/.test(url)) continue;
    const { status, error } = finished.data;
    const way = routeOf(request) ?? 'no route';
    // What stands inside TLS no capture shows: a status that only the client saw is no difference.
    const end = error ? error.cause : status !== null && status >= 400 ? `status ${status}` : 'an answer';
    ends.set(url, (ends.get(url) ?? new Set()).add(`${end} by ${way}`));
  }
  return ends;
}
