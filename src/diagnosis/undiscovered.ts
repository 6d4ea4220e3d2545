/** Clients that never looked for a script because a setting of the machine forbids it. */
import type { Alternative } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import { seqs, settingsOf } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { consequence, directIsOpen, isUnreachable, sayConsequence, wallsFor } from './fail-open.ts';
import type { FellOpen } from './fail-open.ts';
import { decisionOf } from '../trace/discovery.ts';
import type { Match } from './rule.ts';

type Setting = TraceEvent<'client.setting'>;

/** The setting, where a client read it with this value and it counts. */
export const settingsWith = (view: View, name: string, value: string): Setting[] =>
  [...settingsOf(view).values()].flatMap((settings) => {
    const setting = settings.get(name);
    return setting?.data.value === value && setting.data.overriddenBy === null ? [setting] : [];
  });

/** One match for each client that went DIRECT into a closed network without having looked for a script. */
export function undiscovered(
  view: View,
  setting: Setting,
  says: string,
  alternatives: readonly Alternative[],
): Match[] {
  const { client, origin } = setting.data;
  const looked = view.ofType('discovery.started').some(({ data }) => data.client === client);
  if (looked || directIsOpen(view, client)) return [];
  const fallen = requestsOf(view).flatMap((request): FellOpen[] => {
    const direct = request.attempts.find(({ proxy }) => proxy === null);
    const onlyDirect = request.attempts.every(({ proxy }) => proxy === null);
    if (request.client !== client || !direct || !onlyDirect || !isUnreachable(direct)) return [];
    return [{ request, decision: decisionOf(view, request), direct, blocked: true }];
  });
  const [fell] = fallen;
  if (!fell) return [];
  const { evidence } = consequence(fell);
  const place = origin ? ` (${origin.file}:${origin.line})` : '';
  return [
    {
      about: client,
      confidence: 'likely',
      why: `${says}${place}, so ${client} asked nobody for a proxy script; ${sayConsequence(fell)}.`,
      evidence: [...seqs(setting), ...evidence],
      alternatives: wallsFor(fell, alternatives),
      explains: fallen.flatMap((each) => consequence(each).explains),
    },
  ];
}
