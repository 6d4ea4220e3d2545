import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { byRequest, effectsOf, isChallenge, saidIn, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const stale = (view: View): Reply[] =>
  repliesOf(view).filter((reply) => isChallenge(reply) && saidIn(reply)?.scheme === 'digest' && saysStale(reply));

const saysStale = ({ response }: Reply): boolean =>
  response.data.headers.some(
    ([name, value]) => name.toLowerCase() === 'proxy-authenticate' && /\bstale="?true\b/i.test(value),
  );

/** Once is how a nonce ends; twice for one request is a loop. */
const loops = (view: View): Reply[][] => byRequest(stale(view)).filter(({ length }) => length > 1);

export const authDigestStaleLoop = rule({
  id: 'auth-digest-stale-loop',
  title: 'The proxy declares every Digest nonce stale',
  severity: 'error',
  summary:
    'stale=true says that the password was right and only the nonce too old (RFC 7616 3.3): the client computes again with the ' +
    'new one, and gets the same answer. Usually several proxies that do not share their nonces, or a clock that jumps.',
  confirm: `Filter ${connectFilter(407)}, then \`http.proxy_authenticate contains "stale=true"\`: it comes more than once.`,
  fix:
    'Let the proxies behind one name share the secret of their nonces, or keep a client on one of them; check their clocks and ' +
    'the lifetime of nonces. For the connector: no authentication.',
  refutedIf: 'The request passes with the second nonce.',
  alternatives: [],
  needs: [{ says: 'stale=true again for the same request', seen: (view) => loops(view).flatMap(events) }],
  find: (view) =>
    loops(view).flatMap((replies) => {
      const [first] = replies;
      if (!first) return [];
      return [
        {
          about: first.proxy,
          confidence: 'certain',
          why: `${first.proxy} answered Digest credentials for ${first.host}:${first.port} with stale=true ${replies.length} times in a row.`,
          evidence: [...storyOf(first), ...seqs(replies.map(({ response }) => response))],
          explains: replies.flatMap(effectsOf),
        },
      ];
    }),
});
