import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { effectsOf, storyOf, userOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, isRelayed, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const forbidden = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) => reply.status === 403 && !reply.overcome && !isRelayed(reply) && userOf(view, reply) !== undefined,
  );

export const auth403AfterValidCreds = rule({
  id: 'auth-403-after-valid-creds',
  title: 'The proxy knows the user, and does not let them through',
  severity: 'error',
  summary:
    'The credentials are right: the proxy’s answer changes from 407 to 403. The account is in none of the groups that may ' +
    'reach this destination. Other credentials may help, the same ones never will (RFC 9110 15.5.4).',
  confirm: `Filter ${connectFilter(403)}: the CONNECT before the 403 carries Proxy-Authorization; the proxy’s log shows the user.`,
  fix: 'Put the account into a group that may reach the destination, or better: allow the connector’s machine by its address.',
  refutedIf: 'Requests without credentials get 403 too: then the rule is about the destination.',
  alternatives: [],
  needs: [
    { says: 'a user whom the proxy believed', seen: (view) => view.ofType('proxy.authenticated') },
    { says: 'a 403 to a request of a known user', seen: (view) => events(forbidden(view)) },
  ],
  find: (view) =>
    forbidden(view).map((reply) => {
      const user = userOf(view, reply);
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} took the client for ${user?.data.user ?? 'a user'} (${user?.data.scheme ?? ''}) and answered ` +
          `${reply.method} ${reply.host}:${reply.port} with 403.`,
        evidence: [...storyOf(reply), ...seqs(user)],
        explains: effectsOf(reply),
      };
    }),
});
