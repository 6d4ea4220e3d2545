import type { View } from '../../trace/view.ts';
import { effectsOf, isChallenge, isUsual, schemesOf, storyOf } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

const foreign = (view: View): Reply[] =>
  tunnelReplies(view).filter((reply) => {
    const schemes = schemesOf(reply);
    return isChallenge(reply) && schemes.length > 0 && !schemes.some(isUsual);
  });

export const auth407UnsupportedScheme = rule({
  id: 'auth-407-unsupported-scheme',
  title: 'The proxy offers no authentication that clients know',
  severity: 'error',
  summary:
    'The challenge names a scheme of the proxy’s maker, or one for web services. Clients know Basic, Digest, NTLM and ' +
    'Negotiate towards proxies and give up at anything else, with or without credentials.',
  confirm: `Filter ${connectFilter(407)}, and look at the field \`http.proxy_authenticate\`.`,
  fix:
    'On the proxy, let the connector’s machine pass without authentication; for people’s clients add Negotiate, NTLM or Basic ' +
    'to what it offers.',
  refutedIf: 'The 407 offers Basic, Digest, NTLM or Negotiate as well.',
  alternatives: [],
  needs: [{ says: 'a 407 to CONNECT with unknown schemes only', seen: (view) => events(foreign(view)) }],
  find: (view) =>
    foreign(view).map((reply) => ({
      about: reply.proxy,
      confidence: 'certain',
      why: `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 407 and offers ${schemesOf(reply).join(', ')} only.`,
      evidence: storyOf(reply),
      explains: effectsOf(reply),
    })),
});
