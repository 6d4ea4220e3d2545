import type { View } from '../../trace/view.ts';
import { effectsOf, schemesOf, storyOf, unanswered } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';

/** .NET Framework's words for a connection that failed, which here is not what happened. */
const errorOf = ({ owner }: Reply) => owner?.request.finished?.data.error ?? undefined;

const hidden = (view: View): Reply[] => unanswered(view).filter((reply) => errorOf(reply)?.name === 'ConnectFailure');

export const auth407MaskedConnectfailure = rule({
  id: 'auth-407-masked-connectfailure',
  title: 'A 407 hides behind “Unable to connect to the remote server”',
  severity: 'error',
  summary:
    'The proxy asks for credentials; the program calls System.Net synchronously and reports ConnectFailure. The text sends one ' +
    'to firewalls and names, although the proxy was reached and answered. The 407 stands in the inner exception only.',
  confirm:
    `Filter ${connectFilter(407)}. In the log, read the inner exception: “The remote server returned an error: (407) Proxy ` +
    'Authentication Required.”',
  fix:
    'Not the firewall: on the proxy, allow the machine to reach *.msappproxy.net and *.servicebus.windows.net anonymously, by ' +
    'its address, for NETWORK SERVICE and SYSTEM alike.',
  refutedIf: 'SYNs to the proxy go unanswered, or are refused, at the time of the error.',
  alternatives: [],
  needs: [{ says: 'a 407 to CONNECT that a client reports as ConnectFailure', seen: (view) => events(hidden(view)) }],
  find: (view) =>
    hidden(view).map((reply) => {
      const { text, inner } = errorOf(reply) ?? {};
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} answered CONNECT ${reply.host}:${reply.port} with 407 (${schemesOf(reply).join(', ')}); the client ` +
          `says “${text ?? ''}”, and only inside: “${inner ?? ''}”`,
        evidence: storyOf(reply),
        explains: effectsOf(reply),
      };
    }),
});
