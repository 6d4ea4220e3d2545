/** The names that a script had looked up, joined with what DNS said of them while the script ran. */
import type { TraceEvent } from '../trace/events.ts';
import { pick } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { callsOf, lookupHelpers, textArgument } from './evaluations.ts';
import type { Evaluation } from './evaluations.ts';

export interface ScriptLookup {
  name: string;
  /** The first call with this name. */
  call: TraceEvent<'pac.called'>;
  queries: readonly TraceEvent<'dns.query'>[];
  answers: readonly TraceEvent<'dns.answer'>[];
  resolved: TraceEvent<'dns.resolved'> | undefined;
  /** Milliseconds between the first question and its end; 0 when nobody was asked. */
  waited: number;
}

const isAddress = (text: string): boolean => /^[\d.]+$|:/.test(text);

/** One entry for each name, in the order of the calls. */
export function scriptLookupsOf(view: View, evaluation: Evaluation): ScriptLookup[] {
  const { request, answered, failed } = evaluation;
  const end = (answered ?? failed)?.seq ?? Infinity;
  const events = view.between(request.started.seq, end);
  const calls = new Map<string, TraceEvent<'pac.called'>>();
  for (const call of callsOf(evaluation, ...lookupHelpers)) {
    const name = textArgument(call, 0).toLowerCase().replace(/\.$/, '');
    if (name !== '' && !isAddress(name) && !calls.has(name)) calls.set(name, call);
  }
  return [...calls].map(([name, call]) => {
    const queries = pick(events, 'dns.query').filter(({ data }) => data.name.toLowerCase() === name);
    const answers = pick(events, 'dns.answer').filter(({ data }) => data.name.toLowerCase() === name);
    const resolved = pick(events, 'dns.resolved').find(
      ({ data }) => data.name.toLowerCase().replace(/\.$/, '') === name,
    );
    const [first] = queries;
    return { name, call, queries, answers, resolved, waited: first && resolved ? resolved.at - first.at : 0 };
  });
}

/** Whether a lookup helper said that there is no address. */
export const cameToNothing = ({ data }: TraceEvent<'pac.called'>): boolean =>
  data.result === null || data.result === false || data.result === '';
