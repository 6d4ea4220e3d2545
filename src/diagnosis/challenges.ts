/** Answers 407 to CONNECT, what clients said before them, and who got through at the same proxy. */
import type { TraceEvent } from '../trace/events.ts';
import { unloggedScheme } from '../trace/values.ts';
import { groupIn, header, kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { isTunnel, tunnelReplies } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';

/** Schemes that some client knows for proxies (IANA's registry, and what Windows calls its own). */
const usual = new Set(['basic', 'digest', 'ntlm', 'negotiate', 'kerberos']);

export const isUsual = (scheme: string): boolean => usual.has(scheme.toLowerCase()) || scheme === unloggedScheme;

/** The schemes that a 407 offers, as the proxy writes them. */
export function schemesOf({ challenge, response }: Reply): readonly string[] {
  const offered = challenge?.data.schemes;
  if (offered) return offered;
  return response.data.headers
    .filter(([name]) => name.toLowerCase() === 'proxy-authenticate')
    .map(([, value]) => value.split(' ')[0] ?? '');
}

export interface Said {
  /** In small letters. */
  scheme: string;
  /** Which of NTLM's messages, 1 to 3; the twelve bytes that tell are the same for everybody. */
  message: number | undefined;
}

/** What the request says of who asks; undefined when it says nothing. */
export function saidIn({ request }: Reply): Said | undefined {
  const value = header(request?.data.headers ?? [], 'proxy-authorization');
  if (value === undefined) return undefined;
  const [, scheme = '', token = ''] = /^(\S+)\s*(.*)$/s.exec(value.trim()) ?? [];
  const letter = /^TlRMTVNTUAA([BCD])/.exec(token)?.[1];
  return { scheme: scheme.toLowerCase(), message: letter === undefined ? undefined : 'ABCD'.indexOf(letter) };
}

/** A 407 that leads nowhere: the same request does not get through afterwards. */
export const isChallenge = ({ status, overcome }: Reply): boolean => status === 407 && !overcome;

/** CONNECT challenged in a usual way, and the client made no attempt to answer. */
export const unanswered = kept((view): readonly Reply[] =>
  tunnelReplies(view).filter(
    (reply) =>
      isChallenge(reply) && saidIn(reply) === undefined && !isAnswered(view, reply) && schemesOf(reply).some(isUsual),
  ),
);

/** The client said who it is when it asked again, whatever came of that. */
const isAnswered = (view: View, { owner, response }: Reply): boolean =>
  tunnelReplies(view).some(
    (later) =>
      owner !== undefined &&
      later.owner?.attempt === owner.attempt &&
      later.response.seq > response.seq &&
      saidIn(later) !== undefined,
  );

/** Tunnels that were opened for clients that did not say who they are. */
export const anonymousTunnels = kept((view): readonly Reply[] =>
  tunnelReplies(view).filter((reply) => isTunnel(reply) && saidIn(reply) === undefined),
);

/**
 * Clients that got past the proxy's question who they are without a word: the tunnel stood, or the proxy had taken them
 * for somebody it remembered, and what failed came later.
 */
export const unaskedPasses = kept((view): readonly Reply[] =>
  tunnelReplies(view).filter(
    (reply) =>
      saidIn(reply) === undefined &&
      (isTunnel(reply) || (reply.status !== 407 && userOf(view, reply)?.data.standing === true)),
  ),
);

/** By connection, where the proxy believed somebody. */
const believed = kept(
  (view) => new Map(view.ofType('proxy.authenticated').map((event) => [event.data.conn, event] as const)),
);

/** Whom the proxy took this client for, by its log. */
export const userOf = (view: View, { response }: Reply): TraceEvent<'proxy.authenticated'> | undefined =>
  believed(view).get(response.data.conn);

export const sameProxy = (left: Reply, right: Reply): boolean => left.response.data.proxy === right.response.data.proxy;

export const isBefore = (left: Reply, right: Reply): boolean => left.response.seq < right.response.seq;

/** Who asked: the client's own name where the trace has it, else its address. */
export const clientOf = ({ owner, request }: Reply): string | undefined =>
  owner?.request.client ?? request?.data.client;

/** The client's start: its address and account. */
export const startOf = (view: View, reply: Reply): TraceEvent<'client.started'> | undefined =>
  view.ofType('client.started').find(({ data }) => data.client === clientOf(reply));

/** `updater (system)`. */
export function nameOf(view: View, reply: Reply): string {
  const identity = startOf(view, reply)?.data.identity ?? undefined;
  return `${clientOf(reply) ?? 'a client'}${identity === undefined ? '' : ` (${identity})`}`;
}

/** Both run on one machine, as far as the trace tells. */
export const sameMachine = (view: View, left: Reply, right: Reply): boolean =>
  startOf(view, left)?.data.address === startOf(view, right)?.data.address;

/** The whole story of an answer: the request that it was part of, from its beginning. */
export const storyOf = ({ owner, evidence }: Reply): number[] => [...seqs(owner?.request.started), ...evidence];

/** What follows from an answer. */
export const effectsOf = ({ owner, evidence }: Reply): number[] => [
  ...evidence,
  ...seqs(owner?.request.events, owner?.request.finished),
];

/** Answers to one request of a client in a row, where the trace tells; else those on one connection. */
export function byRequest(replies: readonly Reply[]): Reply[][] {
  const requests = new Map<unknown, Reply[]>();
  for (const reply of replies) {
    groupIn(requests, reply.owner?.request ?? reply.response.data.conn, () => []).push(reply);
  }
  return [...requests.values()];
}
