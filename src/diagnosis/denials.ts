/** Tunnels that a proxy's policy refuses with 403, beside those that it opens: the pattern tells which rule it has. */
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { isBare, isByPolicy, isTunnel, repliesOf, tunnelReplies } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';
import { useOf } from './service-hosts.ts';
import { visitsOf } from './visits.ts';

/** What one proxy refused and opened, in order. */
export interface Verdicts {
  denied: readonly Reply[];
  passed: readonly Reply[];
}

/** CONNECT answered with 403, for no other reason than policy, as far as the proxy says. */
export const denials = kept((view): readonly Reply[] =>
  tunnelReplies(view).filter((reply) => reply.status === 403 && !reply.overcome && isByPolicy(reply)),
);

/**
 * Plain requests for applications that a proxy refused by itself. Of other plain requests a capture of the client alone
 * cannot tell whether they were passed on.
 */
export const plainDenials = (view: View, status: number): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      reply.status === status &&
      reply.method !== 'CONNECT' &&
      !reply.overcome &&
      isBare(view, reply) &&
      visitsOf(view).some(({ backend }) => backend !== undefined && backend === reply.owner?.request),
  );

/** By proxy; only proxies that refused something. */
export const verdictsOf = kept((view): readonly Verdicts[] => {
  const proxies = new Set(denials(view).map(proxyOf));
  return [...proxies].map((proxy) => ({
    denied: denials(view).filter((reply) => proxyOf(reply) === proxy),
    passed: tunnelReplies(view).filter((reply) => isTunnel(reply) && proxyOf(reply) === proxy),
  }));
});

const proxyOf = ({ response }: Reply): string => response.data.proxy;

/** A host that only whoever registers the connector needs. */
export const isSignIn = ({ host, port }: Reply): boolean => useOf(host, port) === 'sign-in';

/** Everything is refused, the service too: that is no list with a gap. */
export const isTotal = ({ denied, passed }: Verdicts): boolean =>
  passed.length === 0 && denied.some(({ host, port }) => useOf(host, port) === 'service');

/** What a refusal brings about, and the tunnels that it was compared with. */
export const explainedBy = (denied: readonly Reply[], passed: readonly Reply[] = []): number[] => [
  ...denied.flatMap(({ owner, evidence }) => [
    ...evidence,
    ...seqs(owner?.attempt.events, owner?.request.events, owner?.request.finished),
  ]),
  ...seqs(passed.map(({ response }) => response)),
];

export const evidenceOf = (replies: readonly Reply[]): number[] => replies.flatMap(({ evidence }) => evidence);

/** The names of some replies, each once, in order. */
export const hostsOf = (replies: readonly Reply[]): string[] => [...new Set(replies.map(({ host }) => host))];

/** `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${String(words.at(-1))}`;

/** A need that every rule of refusals has. */
export const deniedNeed = (port: string, where: (reply: Reply) => boolean) => ({
  says: `a 403 to CONNECT ${port}`,
  seen: (view: View) =>
    denials(view)
      .filter(where)
      .map(({ response }) => response),
});
