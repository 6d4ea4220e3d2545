import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { effectsOf, isBefore, isChallenge, saidIn, sameProxy, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const realmOf = ({ response }: Reply): string | undefined =>
  /\brealm="([^"]*)"/i.exec(header(response.data.headers, 'proxy-authenticate') ?? '')?.[1];

/** What the client answered to, when the answer led to a question of another kind. */
function before(view: View, reply: Reply): Reply | undefined {
  const last = repliesOf(view).findLast(
    (other) => other.owner?.request === reply.owner?.request && sameProxy(other, reply) && isBefore(other, reply),
  );
  return last?.status === 407 && realmOf(last) !== realmOf(reply) ? last : undefined;
}

const moved = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) => isChallenge(reply) && saidIn(reply) && realmOf(reply) !== undefined && before(view, reply),
  );

export const authEndlessChallenge = rule({
  id: 'auth-endless-challenge',
  title: 'The proxy answers credentials with a question of another kind',
  severity: 'error',
  summary:
    'Each answer is followed by a challenge for a new realm, so that no client can tell wrong credentials from a second ' +
    'question. People are prompted without end; programs stop after some rounds (Chromium: ERR_TOO_MANY_RETRIES).',
  confirm: `Filter ${connectFilter(407)}: the realm in \`http.proxy_authenticate\` changes from answer to answer.`,
  fix: 'Give all proxies behind one name the same realm, and one source of accounts. For the connector: no authentication.',
  refutedIf: 'The realm stays the same: then the credentials are wrong.',
  alternatives: [],
  needs: [{ says: 'credentials that are answered with another realm', seen: (view) => events(moved(view)) }],
  find: (view) =>
    moved(view).flatMap((reply) => {
      const first = before(view, reply);
      if (!first) return [];
      return [
        {
          about: reply.proxy,
          confidence: 'certain',
          why:
            `${reply.proxy} asked for credentials of “${realmOf(first) ?? ''}” for ${reply.host}:${reply.port}, got some, and ` +
            `asked for those of “${realmOf(reply) ?? ''}”.`,
          evidence: [...storyOf(first), ...seqs(reply.request, reply.response)],
          explains: effectsOf(reply),
        },
      ];
    }),
});
