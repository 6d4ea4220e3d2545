import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import {
  clientOf,
  effectsOf,
  nameOf,
  sameMachine,
  sameProxy,
  storyOf,
  unanswered,
  unaskedPasses,
  userOf,
} from '../challenges.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { events, isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** Somebody else on the machine whom this proxy asked, and believed. */
const admitted = (view: View, refused: Reply): Reply | undefined =>
  tunnelReplies(view).find(
    (reply) =>
      isTunnel(reply) &&
      sameProxy(reply, refused) &&
      sameMachine(view, reply, refused) &&
      clientOf(reply) !== clientOf(refused) &&
      userOf(view, reply)?.data.standing === false,
  );

/** A client that got through before is no stranger to the proxy. */
const isStranger = (view: View, refused: Reply): boolean =>
  !unaskedPasses(view).some((reply) => sameProxy(reply, refused) && clientOf(reply) === clientOf(refused));

function match(view: View, refused: Reply): Match[] {
  const other = admitted(view, refused);
  const user = other && userOf(view, other);
  if (!user || !isStranger(view, refused)) return [];
  return [
    {
      about: refused.proxy,
      confidence: 'certain',
      why:
        `${refused.proxy} let ${user.data.user} pass to ${other.host}:${other.port} by ${user.data.scheme}, and answered ` +
        `${nameOf(view, refused)} with 407 for ${refused.host}:${refused.port}; no credentials were sent.`,
      evidence: [...storyOf(refused), ...seqs(user, other.response)],
      explains: effectsOf(refused),
    },
  ];
}

export const auth407ServiceIdentity = rule({
  id: 'auth-407-service-identity',
  title: 'The proxy lets users pass, and the service is not one',
  severity: 'error',
  summary:
    'The proxy allows those who log on. The administrator’s browser passes the test, which misleads: the connector runs as ' +
    'NETWORK SERVICE and the updater as SYSTEM, nobody is there to be prompted, and neither sends credentials.',
  confirm:
    `Filter \`http.request.method=="CONNECT" || http.response.code==407\` ${inMessageAnalyzer}: the browser’s CONNECT carries ` +
    'Proxy-Authorization, the service’s none. The proxy’s log shows the user for one, a blank or the computer’s account for the other.',
  fix:
    'On the proxy, let the connector’s machine reach *.msappproxy.net:443 and *.servicebus.windows.net:443 anonymously, by its address, above the rule that asks for users. Test as the ' +
    'service does: `psexec -i -u "nt authority\\network service" cmd`, not as yourself.',
  refutedIf: 'The user passes without having been asked, or the service passes to another destination.',
  alternatives: [],
  needs: [
    { says: 'a 407 to CONNECT that nobody answers', seen: (view) => events(unanswered(view)) },
    { says: 'a user whom the proxy believed', seen: (view) => view.ofType('proxy.authenticated') },
  ],
  find: (view) => unanswered(view).flatMap((refused) => match(view, refused)),
});
