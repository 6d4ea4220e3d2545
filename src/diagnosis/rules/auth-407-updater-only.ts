import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import {
  anonymousTunnels,
  clientOf,
  effectsOf,
  nameOf,
  sameMachine,
  sameProxy,
  startOf,
  storyOf,
  unanswered,
} from '../challenges.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { events } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** Another program of the machine reached the same place, and was not asked. */
function match(view: View, refused: Reply): Match[] {
  const passes = anonymousTunnels(view).filter((reply) => sameProxy(reply, refused) && reply.host === refused.host);
  if (passes.some((reply) => clientOf(reply) === clientOf(refused))) return [];
  const other = passes.find((reply) => sameMachine(view, reply, refused));
  if (!other) return [];
  return [
    {
      about: clientOf(refused) ?? refused.proxy,
      confidence: 'certain',
      why:
        `${refused.proxy} let ${nameOf(view, other)} pass to ${other.host}:${other.port} without asking, and answered ` +
        `${nameOf(view, refused)} on the same machine with 407 for the same destination.`,
      evidence: [...seqs(startOf(view, other), startOf(view, refused), other.response), ...storyOf(refused)],
      explains: effectsOf(refused),
    },
  ];
}

export const auth407UpdaterOnly = rule({
  id: 'auth-407-updater-only',
  title: 'The proxy’s exception covers one of the two services',
  severity: 'error',
  summary:
    'The connector passes anonymously, the updater is asked for credentials, or the other way round: the exception was made ' +
    'for one account or program. With the updater outside the connector works, and grows old until it is no longer supported.',
  confirm:
    `Filter \`http.request.method=="CONNECT" || http.response.code==407\` ${inMessageAnalyzer}: the same CONNECT from the same ` +
    'address gets 200 and 407. Service “Microsoft Entra private network connector updater”, its event log and the proxy’s.',
  fix:
    'Key the exception to the machine’s address and the destinations, not to an account, a program or a User-Agent: the ' +
    'connector runs as NETWORK SERVICE, the updater as SYSTEM, and both need *.msappproxy.net.',
  refutedIf: 'The program that got 407 passes when it is alone, or the other one gets 407 as well.',
  alternatives: [],
  needs: [
    { says: 'a 407 to CONNECT that nobody answers', seen: (view) => events(unanswered(view)) },
    { says: 'a tunnel for a client that was not asked', seen: (view) => events(anonymousTunnels(view)) },
  ],
  find: (view) => unanswered(view).flatMap((refused) => match(view, refused)),
});
