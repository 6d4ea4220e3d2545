import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import {
  clientOf,
  effectsOf,
  isBefore,
  nameOf,
  sameProxy,
  storyOf,
  unanswered,
  unaskedPasses,
  userOf,
} from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** The same client got the same tunnel before, without a word about who it is. */
function match(view: View, refused: Reply): Match[] {
  const earlier = unaskedPasses(view).findLast(
    (reply) =>
      sameProxy(reply, refused) &&
      clientOf(reply) === clientOf(refused) &&
      reply.host === refused.host &&
      isBefore(reply, refused),
  );
  if (!earlier) return [];
  const user = userOf(view, earlier);
  return [
    {
      about: refused.proxy,
      confidence: user ? 'certain' : 'possible',
      why:
        `${refused.proxy} let ${nameOf(view, refused)} pass to ${refused.host}:${refused.port} without credentials` +
        `${user ? `, as ${user.data.user}, whose address it remembered` : ''}, and answered the same request with 407 later.`,
      evidence: [...seqs(user, earlier.response), ...storyOf(refused)],
      explains: effectsOf(refused),
    },
  ];
}

export const authIpSurrogateExpiry = rule({
  id: 'auth-ip-surrogate-expiry',
  title: 'The service passes only as long as the proxy remembers somebody’s log-on from its address',
  severity: 'error',
  summary:
    'The proxy takes an address for the user who logged on from it last. While an administrator’s browser is in use on the ' +
    'server, the connector passes as that administrator; some time after the last log-on it gets 407.',
  confirm:
    `Filter ${connectFilter(407)}: the same CONNECT gets 200 and, later, 407, neither with Proxy-Authorization. The proxy’s log ` +
    'shows a person’s name for the service’s requests.',
  fix: 'Allow the connector’s machine by its address, without authentication and without a time limit, above the rules for users.',
  refutedIf:
    'The 407 comes while a user is logged on from the same address, or the rule of the proxy was changed in between.',
  alternatives: [
    {
      id: 'auth-407-updater-only',
      tellApart:
        'The two requests are of two programs or accounts of one machine, and one of them is refused every time.',
    },
  ],
  needs: [
    { says: 'a 407 to CONNECT that nobody answers', seen: (view) => events(unanswered(view)) },
    { says: 'a tunnel for a client that was not asked', seen: (view) => events(unaskedPasses(view)) },
  ],
  find: (view) => unanswered(view).flatMap((refused) => match(view, refused)),
});
