/**
 * Discovery and script faults are fail-open: the client goes on without a proxy and says nothing, so what is seen
 * later belongs to the network, not to the cause. Here the two are joined.
 */
import type { Alternative, Severity } from '../finding.ts';
import { isPrivateAddress } from '../trace/dials.ts';
import { decisionOf } from '../trace/discovery.ts';
import type { Decision } from '../trace/discovery.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { groupIn, kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

/** A request that went DIRECT because no script decided, though the client had looked for one. */
export interface FellOpen {
  request: Request;
  decision: Decision;
  direct: Attempt;
  /** The network did not let the client reach its destination without a proxy. */
  blocked: boolean;
}

/** How a connection fails when the network does not let it through, or does not know the name. */
const unreachable = /^(tcp\.(timeout|refused|unreachable)|dns\.)/;

export const isUnreachable = ({ failure }: Attempt): boolean => failure !== null && unreachable.test(failure);

export const fellOpenOf = kept((view): readonly FellOpen[] =>
  requestsOf(view).flatMap((request) => {
    const decision = decisionOf(view, request);
    const direct = request.attempts.find(({ proxy }) => proxy === null);
    if (!decision.withoutScript || !direct) return [];
    return [{ request, decision, direct, blocked: isUnreachable(direct) }];
  }),
);

/** What came of going DIRECT: the evidence for it, and everything that it explains. */
export function consequence({ request, direct, blocked }: FellOpen): { evidence: number[]; explains: number[] } {
  const dials = direct.dials.flatMap(({ events }) => events);
  const way = [request.started, request.routes, request.ofType('dns.resolved'), dials];
  // What fails on a connection that stands, has a cause of its own.
  const stood = direct.failure !== null && !blocked;
  return {
    evidence: seqs(request.routes, dials, direct.finished, request.finished),
    explains: stood ? seqs(...way) : seqs(...way, direct.events, request.finished),
  };
}

/**
 * Whether the network lets this client out without a proxy: it reached a public address directly on 443, or on this very
 * port, or another program of its machine did so on 443. Then a blocked connection is no consequence of a missing script.
 */
export function directIsOpen(view: View, client: string, port = 443): boolean {
  const ports = letOut(view).get(client);
  return ports?.has(443) === true || ports?.has(port) === true;
}

const letOut = kept((view): ReadonlyMap<string, ReadonlySet<number>> => {
  const machines = new Map(view.ofType('client.started').map(({ data }) => [data.client, data.address]));
  // Another network lets out whom it likes.
  const moved = new Map(view.ofType('client.network').map(({ seq, data }) => [data.client, seq]));
  const open = new Map<string, Set<number>>();
  for (const { client, started, attempts, target } of requestsOf(view)) {
    if (started.seq < (moved.get(client) ?? 0) || !attempts.some(isOut)) continue;
    groupIn(open, client, () => new Set()).add(target.port);
    if (target.port !== 443) continue;
    for (const [other, address] of machines)
      if (address === machines.get(client)) groupIn(open, other, () => new Set()).add(443);
  }
  return open;
});

const isOut = ({ proxy, dials }: Attempt): boolean =>
  proxy === null && dials.some(({ outcome, to }) => outcome === 'opened' && !isPrivateAddress(to.ip));

const walls: Readonly<Record<string, string>> = {
  'tcp.refused': 'direct-443-rst',
  'tcp.unreachable': 'direct-icmp-prohibited',
};

/** The firewall alone, where no proxy is missing: the alternatives that name it, with the one that does what was seen. */
export const wallsFor = ({ direct }: Pick<FellOpen, 'direct'>, alternatives: readonly Alternative[]): Alternative[] =>
  alternatives.map((one) =>
    one.id === 'direct-443-syn-blackhole' ? { ...one, id: walls[direct.failure ?? ''] ?? one.id } : one,
  );

/** In words: `the direct connection to tenant.msappproxy.net:443 then got no answer`. */
export function sayConsequence({ request, direct, blocked }: FellOpen): string {
  const { host, port } = request.target;
  if (!blocked) return `it went directly to ${host}:${port} instead`;
  return `the direct connection to ${host}:${port} then ${howItFailed(direct.failure)}`;
}

/** The end of a sentence about a connection: `got no answer`. */
export function howItFailed(failure: string | null): string {
  if (failure === 'tcp.timeout') return 'got no answer';
  if (failure === 'tcp.refused') return 'was refused';
  if (failure === 'tcp.unreachable') return 'was prohibited';
  if (failure?.startsWith('dns.')) return 'failed because the name did not resolve';
  return failure === null ? 'stood' : `failed (${failure})`;
}

/** The evidence, severity and reach of a fault that sent requests DIRECT; the first blocked one speaks for all. */
export interface ScriptFault {
  severity: Severity;
  evidence: number[];
  explains: number[];
  /** In words, with the leading `; `, or empty when no request followed. */
  then: string;
}

/** Joins a fault of a script or its host with the requests it sent DIRECT: an error when one of them was blocked. */
export function scriptFault(view: View, evidence: readonly number[], fell: readonly FellOpen[]): ScriptFault {
  const follows = fell.filter(
    ({ blocked, request }) => !blocked || !directIsOpen(view, request.client, request.target.port),
  );
  const worst = follows.find(({ blocked }) => blocked) ?? follows[0];
  return {
    severity: worst?.blocked === true ? 'error' : 'warning',
    evidence: worst ? [...evidence, ...consequence(worst).evidence] : [...evidence],
    explains: follows.flatMap((one) => consequence(one).explains),
    then: worst ? `; ${sayConsequence(worst)}` : '',
  };
}
