import { header, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { byRequest, effectsOf, isChallenge, saidIn, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, repliesOf } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** The proxy’s half of the handshake, on a connection that it ends in the same breath. */
const cut = (view: View): Reply[] =>
  repliesOf(view).filter(({ response, ...reply }) => {
    const { headers } = response.data;
    const token = /^(?:ntlm|negotiate)\s+\S/i.test(header(headers, 'proxy-authenticate') ?? '');
    const ends = /\bclose\b/i.test(header(headers, 'proxy-connection') ?? header(headers, 'connection') ?? '');
    return isChallenge({ response, ...reply }) && saidIn({ response, ...reply })?.message === 1 && token && ends;
  });

/** More than a socket's buffer takes at once, or of unknown length. */
const hasLargeBody = ({ response: { data } }: Reply): boolean =>
  Number(header(data.headers, 'content-length') ?? 0) > 65_536 ||
  /\bchunked\b/i.test(header(data.headers, 'transfer-encoding') ?? '');

export const authNtlmCloseEachLeg = rule({
  id: 'auth-ntlm-close-each-leg',
  title: 'The proxy closes the connection in the middle of the NTLM handshake',
  severity: 'error',
  summary:
    'NTLM authenticates a connection: its three messages must travel on one. This proxy, or something in front of it, answers ' +
    'the first message with a challenge and `Connection: close`. Browsers send the third message on a new connection, which knows ' +
    'nothing of the challenge; other programs begin with message one again, for ever.',
  confirm:
    `Filter ${connectFilter(407)}, then \`ntlmssp.messagetype==1\` and \`tcp.flags.fin==1\`: a FIN after each challenge, and ` +
    'never a message of type 3.',
  fix:
    'Let the proxy keep the connection open during the handshake (Proxy-Connection: keep-alive, HTTP/1.1, no closing of errors by ' +
    'a balancer or filter in between). For the connector: no authentication at all.',
  refutedIf: 'A message of type 3 is sent on the connection that brought the challenge.',
  alternatives: [
    {
      id: 'auth-407-large-body-close',
      tellApart: 'With a short page for its 407 the proxy keeps the connection: the size of the body is what ends it.',
    },
  ],
  needs: [{ says: 'an NTLM challenge on a connection that ends with it', seen: (view) => events(cut(view)) }],
  find: (view) =>
    byRequest(cut(view)).flatMap((replies) => {
      const [first] = replies;
      if (!first) return [];
      const times = replies.length === 1 ? 'once' : `${replies.length} times`;
      return [
        {
          about: first.proxy,
          confidence: 'certain',
          why:
            `${first.proxy} answered the first NTLM message for ${first.host}:${first.port} with a challenge and closed the ` +
            `connection; for this request that happened ${times}.`,
          evidence: [...storyOf(first), ...seqs(replies.map(({ response }) => response))],
          explains: replies.flatMap(effectsOf),
          ...(replies.some(hasLargeBody) ? {} : { alternatives: [] }),
        },
      ];
    }),
});
