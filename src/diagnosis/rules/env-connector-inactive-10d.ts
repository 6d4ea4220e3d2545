import { sayDuration } from '../../duration.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import { groupIn, kept, pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { useOf } from '../service-hosts.ts';

/** Documented: a connector that has been inactive for ten days is removed. */
const limit = 10 * 86_400_000;

interface Absence {
  client: string;
  last: TraceEvent;
  back: TraceEvent;
}

/** From the end of its last contact with the service to the beginning of the next, or to what it did next. */
const absences = kept((view): readonly Absence[] => {
  const contacts = new Map<string, { last: TraceEvent; back: TraceEvent }[]>();
  const latest = new Map<string, TraceEvent>();
  for (const { client, target, started, finished, ok } of requestsOf(view)) {
    if (useOf(target.host, target.port) !== 'service') continue;
    const last = latest.get(client);
    if (last && started.at - last.at >= limit && wasStarted(view, client, last, started))
      groupIn(contacts, client, () => []).push({ last, back: started });
    if (ok && finished) latest.set(client, finished);
  }
  return [...contacts].flatMap(([client, pairs]) => pairs.slice(0, 1).map((pair) => ({ client, ...pair })));
});

/** It was not there in between: a program that runs on and says nothing is no sign of a machine that is away. */
const wasStarted = (view: View, client: string, last: TraceEvent, back: TraceEvent): boolean =>
  pick(view.between(last.seq, back.seq), 'client.started').some(({ data }) => data.client === client);

export const envConnectorInactive10d = rule({
  id: 'env-connector-inactive-10d',
  title: 'The connector was away for ten days or more: the service has taken it off its list',
  severity: 'warning',
  summary:
    'A connector that does not report is shown as inactive, and after ten days the service removes it. When the machine comes ' +
    'back, its group may lack it, although the network is in order again.',
  confirm:
    'The portal no longer lists the connector in its group. In a capture there is nothing wrong: what it shows is when the connector was last heard.',
  fix: 'See whether the portal still lists the connector; if not, uninstall it and install it anew, which registers it again. Keep two connectors in each group.',
  refutedIf: 'The portal lists the connector as active.',
  alternatives: [],
  needs: [
    {
      says: 'ten days between two contacts of a connector with its service',
      seen: (view) => absences(view).flatMap(({ last, back }) => [last, back]),
    },
  ],
  find: (view) =>
    absences(view).map(({ client, last, back }) => ({
      about: client,
      confidence: 'likely',
      why: `${client} last reached its service ${sayDuration(back.at - last.at)} before it came back; after 10 d without a word a connector is removed.`,
      evidence: seqs(last, back),
    })),
});
