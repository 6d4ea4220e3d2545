import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import {
  anonymousTunnels,
  clientOf,
  effectsOf,
  isBefore,
  saidIn,
  sameProxy,
  schemesOf,
  storyOf,
  unanswered,
} from '../challenges.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { events, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { wildcardOf } from '../service-hosts.ts';

/** The same client was let through to other names, and never to this one. */
function match(view: View, refused: Reply): Match[] {
  const sameAsked = (reply: Reply): boolean => sameProxy(reply, refused) && clientOf(reply) === clientOf(refused);
  const passes = anonymousTunnels(view).filter(sameAsked);
  // A name that was asked about, and got another answer later without a word: by then the proxy asked no more.
  const changed = tunnelReplies(view).find(
    (reply) =>
      sameAsked(reply) &&
      isBefore(refused, reply) &&
      reply.status !== 407 &&
      saidIn(reply) === undefined &&
      unanswered(view).some((one) => one.host === reply.host && sameAsked(one) && isBefore(one, reply)),
  );
  const other = passes.find((reply) => !changed || isBefore(reply, changed));
  if (!other || passes.some(({ host }) => host === refused.host)) return [];
  const missing = wildcardOf(refused.host) ?? refused.host;
  return [
    {
      about: `${missing} at ${refused.proxy}`,
      confidence: 'certain',
      why:
        `${refused.proxy} opened ${other.host}:${other.port} without asking, and answered CONNECT ` +
        `${refused.host}:${refused.port} of the same client with 407 (${schemesOf(refused).join(', ')}).`,
      fix:
        `On ${refused.proxy} add ${missing} to the destinations that the connector’s machine reaches without ` +
        'authentication. Both *.msappproxy.net and *.servicebus.windows.net belong there.',
      evidence: [...seqs(other.response), ...storyOf(refused)],
      explains: effectsOf(refused),
    },
  ];
}

export const auth407PerDestination = rule({
  id: 'auth-407-per-destination',
  title: 'The proxy asks for credentials for some destinations only',
  severity: 'error',
  summary:
    'The anonymous exception names some hosts and forgets others. With *.servicebus.windows.net forgotten, registration and ' +
    'configuration succeed, the connector never signals, and the portal shows it inactive.',
  confirm:
    `Filter \`http.request.method=="CONNECT" || http.response.code==407\` ${inMessageAnalyzer}. List the names that get 200 and ` +
    'those that get 407.',
  fix: 'Let the connector’s machine reach *.msappproxy.net and *.servicebus.windows.net without authentication.',
  refutedIf: 'The destinations that pass are asked for credentials too, or the refused one passes at another time.',
  alternatives: [],
  needs: [
    { says: 'a 407 to CONNECT that nobody answers', seen: (view) => events(unanswered(view)) },
    { says: 'a tunnel for a client that was not asked', seen: (view) => events(anonymousTunnels(view)) },
  ],
  find: (view) => unanswered(view).flatMap((refused) => match(view, refused)),
});
