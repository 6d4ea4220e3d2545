import type { TraceEvent } from '../../trace/events.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { clientOf, effectsOf, schemesOf, storyOf, unanswered } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import { silences, silencesFor } from '../silences.ts';

/** `http://user:***@proxy:8080`: passwords are masked in events, users are not. */
const named = /:\/\/([^\s/@:;]+)(?::[^\s/@]*)?@([^\s/:;,]+)/;

/** The setting by which the client found this proxy, with a user in it. */
const settingOf = (view: View, reply: Reply): TraceEvent<'client.setting'> | undefined =>
  view
    .ofType('client.setting')
    .findLast(
      ({ data }) =>
        data.client === clientOf(reply) &&
        data.overriddenBy === null &&
        named.exec(data.value)?.[2] === reply.owner?.attempt.proxy?.host,
    );

const ignored = (view: View): Reply[] => unanswered(view).filter((reply) => settingOf(view, reply));

export const authUrlCredsIgnored = rule({
  id: 'auth-url-creds-ignored',
  title: 'The credentials in the proxy’s URL are not used',
  severity: 'error',
  summary:
    'The proxy is written as http://user:password@proxy. Some clients (curl, Node) send that as Basic; Chromium reads the host and ' +
    'the port only, and asks its user when the proxy does. So the same text works in one program and not in the other.',
  confirm: `Filter ${connectFilter(407)}: no CONNECT carries Proxy-Authorization, although the setting names a user.`,
  fix: 'Take the credentials out of the URL. Let the machine pass without authentication, or the client log on by its own means.',
  refutedIf: 'CONNECT carries Proxy-Authorization: then the credentials are used, and wrong.',
  alternatives: silences,
  needs: [
    { says: 'a 407 that a client does not answer whose setting has a user', seen: (view) => events(ignored(view)) },
  ],
  find: (view) =>
    ignored(view).map((reply) => {
      const setting = settingOf(view, reply);
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${setting?.data.name ?? 'the setting'} of ${clientOf(reply) ?? 'the client'} is ${setting?.data.value ?? ''}; ` +
          `${reply.proxy} asks for ${schemesOf(reply).join(' or ')}, and the client sends nothing.`,
        evidence: [...seqs(setting), ...storyOf(reply)],
        explains: effectsOf(reply),
        // With the user out of the URL the client may be silent all the same.
        alternatives: silencesFor(reply),
      };
    }),
});
