import type { View } from '../../trace/view.ts';
import { effectsOf, isChallenge, schemesOf, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const bare = (view: View): Reply[] =>
  tunnelReplies(view).filter(
    (reply) => isChallenge(reply) && schemesOf(reply).length === 0 && !isPassedOn(view, reply),
  );

/** The next proxy has asked this one: what it passes on is not its own word, and the challenge is in the trace. */
const isPassedOn = (view: View, { request, response }: Reply): boolean =>
  tunnelReplies(view).some(
    (other) =>
      other.status === 407 &&
      schemesOf(other).length > 0 &&
      other.response.data.target === response.data.target &&
      other.response.data.proxy !== response.data.proxy &&
      other.response.seq > (request?.seq ?? Infinity) &&
      other.response.seq < response.seq,
  );

export const auth407NoChallenge = rule({
  id: 'auth-407-no-challenge',
  title: 'The proxy says 407 and does not say what it wants',
  severity: 'error',
  summary:
    'A 407 must carry Proxy-Authenticate (RFC 9110 15.5.8). Without it no client can answer, not even one that has ' +
    'credentials: it stops. Usually a filter in front of the proxy removes the field, or a rule answers with a fixed page.',
  confirm: `Filter ${connectFilter(407)}, then \`http.response.code==407 && !http.proxy_authenticate\`.`,
  fix:
    'On the proxy, let the connector’s machine pass without authentication. For clients that can log on, look for what takes ' +
    'Proxy-Authenticate away: a device in between that knows it as hop-by-hop, or a custom error page.',
  refutedIf: 'The 407 carries a Proxy-Authenticate field on the client’s side.',
  alternatives: [],
  needs: [{ says: 'a 407 to CONNECT without Proxy-Authenticate', seen: (view) => events(bare(view)) }],
  find: (view) =>
    bare(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 407 and no Proxy-Authenticate: there is nothing to answer with.`,
      evidence: storyOf(reply),
      explains: effectsOf(reply),
    })),
});
