import type { View } from '../../trace/view.ts';
import { effectsOf, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const misnamed = (view: View): Reply[] => tunnelReplies(view).filter(({ status }) => status === 401);

export const auth401For407 = rule({
  id: 'auth-401-for-407',
  title: 'The proxy asks for credentials as if it were the destination',
  severity: 'error',
  summary:
    'CONNECT is answered with 401 and WWW-Authenticate, which are an origin’s words; a proxy says 407 and Proxy-Authenticate ' +
    '(RFC 9110 11.7). Clients that have credentials for the proxy never send them.',
  confirm: `Filter ${connectFilter(401)}: the 401 stands outside of any TLS, on the proxy’s port.`,
  fix:
    'The device at this address is no forward proxy, or built by hand: put a web server or gateway that got the address by ' +
    'mistake right, or let it answer 407. For the connector’s machine: 200 without a question.',
  refutedIf: 'The 401 comes through an open tunnel, from the destination.',
  alternatives: [],
  needs: [{ says: 'a 401 to CONNECT', seen: (view) => events(misnamed(view)) }],
  find: (view) =>
    misnamed(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 401 instead of 407: no client answers that with Proxy-Authorization.`,
      evidence: storyOf(reply),
      explains: effectsOf(reply),
    })),
});
