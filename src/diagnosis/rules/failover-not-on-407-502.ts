import { proxyOf } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { allOf, listOf, sayProxy } from '../candidates.ts';
import { unanswered } from '../challenges.ts';
import { isByPolicy, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { refusals, refusalsFor } from '../refusals.ts';
import { rule } from '../rule.ts';
import { obstacleTold } from '../upstream-failures.ts';

interface Halt {
  reply: Reply;
  owner: NonNullable<Reply['owner']>;
  untried: readonly string[];
}

/** A proxy's own refusal that ended a request, though its list had further proxies. */
const haltsOf = kept((view): readonly Halt[] =>
  repliesOf(view).flatMap((reply) => {
    const { owner, overcome } = reply;
    if (!owner || !isPlain(view, reply) || overcome || isRelayed(reply) || owner.request.ok) return [];
    // What is wrong with the destination is wrong behind every proxy.
    if (obstacleTold(view, reply)) return [];
    const { attempts } = owner.request;
    const tried = attempts.map(({ route }) => route);
    const untried = listOf(owner.request).filter((route) => proxyOf(route) !== null && !tried.includes(route));
    return untried.length > 0 && attempts.at(-1) === owner.attempt ? [{ reply, owner, untried }] : [];
  }),
);

/** What has a name of its own says more: a page of sign-in, an overload, a loop, a handshake that fails. */
const isPlain = (view: View, reply: Reply): boolean =>
  refusalsFor(reply).length > 0 && (reply.status === 407 ? unanswered(view).includes(reply) : isByPolicy(reply));

export const failoverNotOn407502 = rule({
  id: 'failover-not-on-407-502',
  title: 'The first proxy answers and refuses, so the others are never tried',
  severity: 'error',
  summary:
    'Only a proxy that cannot be reached makes a client take the next entry. One that answers, be it with 407, 403 or ' +
    '502, ends the request: in Chromium since version 67, in Firefox, in .NET Framework and in pac-proxy-agent.',
  confirm:
    'Filter `http.request.method=="CONNECT" || http.response.code>=400` with the port of the proxy: CONNECT, the ' +
    'refusal, and no SYN to the next proxy of the list.',
  fix:
    'Do not expect a list to route around policy or a broken upstream. Repair what the first proxy says (its answer is ' +
    'among the evidence), or let the script pick the proxy that may carry this host. A proxy that cannot serve should ' +
    'stop listening: then clients move on.',
  refutedIf: 'A connection to a later entry of the list follows the refusal.',
  alternatives: refusals,
  needs: [
    {
      says: 'a refusal by a proxy whose list had further proxies',
      seen: (view) => haltsOf(view).map(({ reply }) => reply.response),
    },
  ],
  find: (view) => haltsOf(view).map((halt) => matchOf(view, halt)),
});

function matchOf(view: View, { reply, owner, untried }: Halt) {
  const { request, attempt } = owner;
  const others = untried.map(sayProxy).join(' and ');
  const serves = servesElsewhere(view, untried);
  const by = serves ? `, though ${sayProxy(serves.route)} carried ${serves.client} to ${serves.host}` : '';
  return {
    about: attempt.route,
    confidence: 'certain' as const,
    why: `${reply.proxy} answered ${reply.method} ${reply.host}:${reply.port} with ${reply.status}; ${request.client} stopped there and never tried ${others}${by}.`,
    evidence: [...seqs(request.routes, serves?.event), ...reply.evidence],
    explains: [...allOf(request), ...reply.evidence],
    alternatives: refusalsFor(reply),
  };
}

/** That one of the proxies left out works. */
function servesElsewhere(view: View, untried: readonly string[]) {
  const reply = repliesOf(view).find(
    ({ status, owner }) => status < 400 && owner !== undefined && untried.includes(owner.attempt.route),
  );
  if (!reply?.owner) return undefined;
  const { request, attempt } = reply.owner;
  return { event: reply.response, route: attempt.route, client: request.client, host: reply.host };
}
