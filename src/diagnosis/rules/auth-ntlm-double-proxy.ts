import { seqs, within } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { effectsOf, isChallenge, saidIn, storyOf, userOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** After this proxy believed the client, the next one asked. */
const asked = (view: View, reply: Reply) =>
  within(view.ofType('proxy.challenged'), reply.request?.seq ?? 0, reply.response.seq).find(
    ({ data }) => data.proxy !== reply.response.data.proxy && data.target === reply.response.data.target,
  );

const between = (view: View): Reply[] =>
  repliesOf(view).filter((reply) => isChallenge(reply) && isBelieved(view, reply) && asked(view, reply));

/** By the proxy's log; or the client gave its proof, and the proxy went on to the next. */
const isBelieved = (view: View, reply: Reply): boolean =>
  userOf(view, reply) !== undefined || saidIn(reply)?.message === 3;

/** What the next proxy said is explained with it. */
const beyond = (view: View, reply: Reply): Reply[] => {
  const conn = asked(view, reply)?.data.conn;
  return repliesOf(view).filter(({ response }) => response.data.conn === conn);
};

export const authNtlmDoubleProxy = rule({
  id: 'auth-ntlm-double-proxy',
  title: 'Two proxies in a row want credentials',
  severity: 'error',
  summary:
    'The client logs on to the first proxy; the second asks too. Proxy-Authenticate belongs to one hop (RFC 9110 11.7.1), and ' +
    'NTLM to one connection: there is no way for the client to answer the second. People are prompted again and again.',
  confirm: `Filter ${connectFilter(407)} on both sides of the first proxy: its log accepts the user, the next proxy’s asks.`,
  fix:
    'Let one of the two authenticate: exempt the first proxy’s address on the second, or give the first proxy an account of its ' +
    'own there. For the connector’s machine: neither.',
  refutedIf: 'The second proxy opens the tunnel for the first proxy’s address without a challenge.',
  alternatives: [],
  needs: [
    { says: 'a client whom a proxy believed', seen: (view) => events(between(view)) },
    { says: 'a 407 after that, which came from the next proxy', seen: (view) => events(between(view)) },
  ],
  find: (view) =>
    between(view).map((reply) => {
      const user = userOf(view, reply);
      const next = asked(view, reply);
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} took the client for ${user?.data.user ?? 'a user'} and asked the next proxy (${next?.data.proxy ?? ''}) ` +
          `for ${reply.host}:${reply.port}, which wants ${next?.data.schemes.join(' or ') ?? 'credentials'} as well.`,
        evidence: [...storyOf(reply), ...seqs(user, next)],
        explains: [...effectsOf(reply), ...beyond(view, reply).flatMap(effectsOf)],
      };
    }),
});
