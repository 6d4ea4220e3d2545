import type { View } from '../../trace/view.ts';
import { effectsOf, isChallenge, saidIn, storyOf, userOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** The proof was given on the connection of the challenge, and not believed. */
const disowned = (view: View): Reply[] =>
  repliesOf(view).filter(
    (reply) =>
      isChallenge(reply) && saidIn(reply)?.message === 3 && !userOf(view, reply) && challengedThere(view, reply),
  );

/** On another connection than that of the challenge, no proxy could believe it. */
const challengedThere = (view: View, { response }: Reply): boolean =>
  repliesOf(view).some((other) => other.response.data.conn === response.data.conn && saidIn(other)?.message === 1);

export const authNtlmLbSplit = rule({
  id: 'auth-ntlm-lb-split',
  title: 'The NTLM handshake is complete, and the proxy begins it again',
  severity: 'error',
  summary:
    'The third message is answered with a bare 407: whoever received it does not know the challenge that it answers. That is ' +
    'what a balancer does that spreads the requests of one connection over several proxies. A wrong password looks the same.',
  confirm:
    `Filter ${connectFilter(407)}, then \`ntlmssp.messagetype==3\`. Compare Via, Server or other marks of the proxy in the ` +
    'answers, and the logs of the proxies behind the balancer: each knows one half of the handshake.',
  fix: 'Make the balancer keep each TCP connection on one proxy (layer 4, or persistence by connection), or avoid NTLM.',
  refutedIf: 'The same account is refused when it asks one of the proxies directly: then it is the password.',
  alternatives: [],
  needs: [{ says: 'a 407 to the third message of NTLM', seen: (view) => events(disowned(view)) }],
  find: (view) =>
    disowned(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'possible',
      why: `${reply.proxy} answered the third NTLM message for ${reply.host}:${reply.port} with 407, as if it had sent no challenge.`,
      evidence: storyOf(reply),
      explains: effectsOf(reply),
    })),
});
