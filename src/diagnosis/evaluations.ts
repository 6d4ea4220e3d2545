/**
 * What scripts were asked and what they answered, joined with the request that asked and with the text of the script.
 * A script's fault is silent: the client follows it, and what is seen later belongs to the route, not to the cause.
 */
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf, routeOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { groupIn, kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { howItFailed } from './fail-open.ts';
import type { Match } from './rule.ts';

export interface Evaluation {
  client: string;
  request: Request;
  calls: readonly TraceEvent<'pac.called'>[];
  failed: TraceEvent<'pac.failed'> | undefined;
  answered: TraceEvent<'pac.answered'> | undefined;
  /** The script in use, where the trace has its text. */
  loaded: TraceEvent<'pac.loaded'> | undefined;
  /** The text of that script, or nothing. */
  text: string;
}

/** Every request that a script was asked about, in order. */
export const evaluationsOf = kept((view): readonly Evaluation[] =>
  requestsOf(view).flatMap((request) => {
    const [failed] = request.ofType('pac.failed');
    const [answered] = request.ofType('pac.answered');
    if (!failed && !answered) return [];
    const loaded = scriptOf(view, request);
    const calls = request.ofType('pac.called');
    return [{ client: request.client, request, calls, failed, answered, loaded, text: loaded?.data.text ?? '' }];
  }),
);

/** The script that a client had when it set the routes of this request. */
export function scriptOf(view: View, { client, routes, started }: Request): TraceEvent<'pac.loaded'> | undefined {
  const decided = routes?.seq ?? started.seq;
  return loadedBy(view)
    .get(client)
    ?.findLast(({ seq }) => seq < decided);
}

const loadedBy = kept((view) => {
  const loaded = new Map<string, TraceEvent<'pac.loaded'>[]>();
  for (const event of view.ofType('pac.loaded')) groupIn(loaded, event.data.client, () => []).push(event);
  return loaded;
});

export type Pair = readonly [left: Evaluation, right: Evaluation];

/** Two clients, one URL, one script, two routes: the first such pair of each URL and two clients. */
export const disagreementsOf = kept((view): readonly Pair[] =>
  twinsOf(view).filter(([left, right]) => routeOf(left.request) !== routeOf(right.request)),
);

/** The same question to the same script by two clients. */
export const twinsOf = kept((view): readonly Pair[] => {
  const asked = new Map<string, Evaluation[]>();
  for (const evaluation of evaluationsOf(view)) {
    const { loaded, request, client } = evaluation;
    if (!loaded) continue;
    const same = groupIn(asked, `${loaded.data.sha256} ${request.url}`, () => []);
    if (!same.some((other) => other.client === client)) same.push(evaluation);
  }
  return [...asked.values()].flatMap((same) =>
    same.flatMap((left, index) => same.slice(index + 1).map((right): Pair => [left, right])),
  );
});

/** The calls of the helpers of these names. */
export const callsOf = ({ calls }: Evaluation, ...helpers: string[]): TraceEvent<'pac.called'>[] =>
  calls.filter(({ data }) => helpers.includes(data.helper));

/** An argument of a call as text; anything else is empty. */
export const textArgument = ({ data }: TraceEvent<'pac.called'>, index: number): string => {
  const value = data.args[index];
  return typeof value === 'string' ? value : '';
};

/** Helpers that ask DNS for the name they are given. */
export const lookupHelpers = ['dnsResolve', 'dnsResolveEx', 'isResolvable', 'isResolvableEx', 'isInNet'];

/** `line 3: ` where the line is known. */
export const atLine = ({ data: { line } }: { data: { line: number | null } }): string =>
  line === null ? '' : ` at line ${line}`;

/** In words: `went DIRECT, and the connection got no answer`. */
export function sayRoute({ request }: Evaluation): string {
  const route = routeOf(request) ?? request.routes?.data.routes[0];
  if (route === undefined) return 'got no route at all';
  const failure = request.attempts.at(-1)?.failure ?? null;
  const way = route === 'DIRECT' ? 'went DIRECT' : `went by ${route}`;
  return failure === null ? way : `${way}, and the connection ${howItFailed(failure)}`;
}

/** What a script does on its way to an answer that may well be right: where the answer leads has causes of its own. */
export function costMatch(
  view: View,
  evaluation: Evaluation,
  said: Pick<Match, 'why' | 'confidence'> & { evidence?: readonly number[] },
): Match {
  const { loaded, answered } = evaluation;
  return {
    about: loaded?.data.sha256 ?? 'the script',
    severity: 'warning',
    ...said,
    evidence: [...(said.evidence ?? []), ...seqs(loaded, answered)].sort((left, right) => left - right),
    explains: seqs(loaded, runOf(view, evaluation)),
  };
}

/** The run of the script: its own words and the lookups of its client. What came before it, was the way to the script. */
function runOf(view: View, { client, request, answered, loaded }: Evaluation): TraceEvent[] {
  const begun = [...view.ofType('pac.fetched'), ...view.ofType('discovery.finished')]
    .filter(({ seq, data }) => data.client === client && seq < (answered?.seq ?? 0))
    .reduce((last, { seq }) => Math.max(last, seq), Math.max(request.started.seq, loaded?.seq ?? 0));
  const { address } = view.ofType('client.started').find(({ data }) => data.client === client)?.data ?? {};
  const own = ({ data }: TraceEvent): boolean =>
    'client' in data && (data.client === client || data.client === address);
  return view.between(begun, answered?.seq ?? 0).filter((event) => own(event) && /^(pac|dns)\./.test(event.type));
}

/** A fault of a script that these evaluations show: the evidence, the consequences and how grave it is. */
export function scriptMatch(
  evaluations: readonly Evaluation[],
  said: Pick<Match, 'why' | 'confidence'> & Partial<Match> & { evidence?: readonly number[] },
): Match {
  const failed = evaluations.some(({ request }) => request.finished?.data.error !== null);
  return {
    // Not its URL: two clients know one script under two names.
    about: evaluations[0]?.loaded?.data.sha256 ?? 'the script',
    severity: failed ? 'error' : 'warning',
    ...said,
    evidence: [...(said.evidence ?? []), ...evaluations.flatMap(traceOf)].sort((left, right) => left - right),
    explains: [...(said.explains ?? []), ...evaluations.flatMap(consequencesOf)],
  };
}

const traceOf = ({ loaded, failed, answered, request }: Evaluation): number[] => {
  const last = request.attempts.at(-1);
  const dials = last?.dials.flatMap(({ events }) => events) ?? [];
  return seqs(loaded, failed, answered, request.routes, dials, last?.finished, request.finished);
};

const consequencesOf = ({ loaded, request }: Evaluation): number[] => [...seqs(loaded), ...sentBy(request)];

/**
 * What a request did, once its routes were set: all of it where they led past any proxy. What becomes of a proxy, and what
 * a proxy says, has causes of its own.
 */
export function sentBy(request: Request): number[] {
  const own = [request.started, request.routes, request.ofType('dns.resolved')];
  const direct = request.attempts.every(({ proxy }) => proxy === null);
  return direct ? seqs(...own, request.events, request.finished) : seqs(...own);
}
