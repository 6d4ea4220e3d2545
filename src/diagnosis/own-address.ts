/** What a script was told of the machine's own address, beside the address that the machine really uses. */
import type { TraceEvent } from '../trace/events.ts';
import { groupIn, kept } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { callsOf, evaluationsOf, textArgument } from './evaluations.ts';
import type { Evaluation } from './evaluations.ts';

export interface OwnAddress {
  evaluation: Evaluation;
  call: TraceEvent<'pac.called'>;
  told: string;
  /** Addresses that this client's connections came from, and the events that say so. */
  used: ReadonlyMap<string, TraceEvent>;
  /** A comparison with a network that this address did not pass. */
  missed: TraceEvent<'pac.called'> | undefined;
}

export const ownAddressesOf = kept((view): readonly OwnAddress[] =>
  evaluationsOf(view).flatMap((evaluation) => {
    const [call] = callsOf(evaluation, 'myIpAddress');
    if (!call || typeof call.data.result !== 'string') return [];
    const told = call.data.result;
    const compared = callsOf(evaluation, 'isInNet', 'isInNetEx', 'shExpMatch', 'dnsDomainIs');
    const missed = compared.find((one) => one.data.result === false && textArgument(one, 0) === told);
    return [{ evaluation, call, told, used: usedBy(view, evaluation.client), missed }];
  }),
);

const usedBy = (view: View, client: string): ReadonlyMap<string, TraceEvent> =>
  addresses(view).get(client) ?? new Map();

const addresses = kept((view) => {
  const used = new Map<string, Map<string, TraceEvent>>();
  for (const event of view.ofType('client.started'))
    groupIn(used, event.data.client, () => new Map()).set(event.data.address, event);
  return used;
});
