/**
 * Which lines the scripts of a trace ran for each request, and which one decided. No event tells that: the scripts are run
 * again, marked, with each helper giving what the trace says it gave.
 */
import { profileNames, retrace } from '../pac/index.ts';
import type { ProfileName } from '../pac/index.ts';
import type { TraceEvent } from '../trace/events.ts';
import { scriptUses } from '../trace/scripts.ts';
import type { Evaluation, ScriptUse } from '../trace/scripts.ts';
import { viewOf } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import type { Reached } from './packed.ts';

export interface ReachedOptions {
  /** Milliseconds since 1970, for those who know what the clocks of the scripts showed. */
  now?: number;
  /** Of earlier traces: rows of a matrix often ask the same of the same script. */
  known?: Map<string, ReturnType<typeof retrace>>;
}

export async function reachedIn(
  events: readonly TraceEvent[],
  { now, known = new Map() }: ReachedOptions = {},
): Promise<Reached[]> {
  const view = viewOf(events);
  const reached: Reached[] = [];
  for (const use of scriptUses(view)) {
    const { loaded, client, evaluations } = use;
    const isWhole = loaded.data.text.length === loaded.data.length;
    const told = isWhole ? evaluations.filter(isTold) : [];
    const options = { profile: profileOf(use, view), ...(now !== undefined && { now }) };
    const asked = [loaded.data.text, told.map(recordOf), options] as const;
    const key = JSON.stringify(asked);
    const again = told.length === 0 ? [] : (known.get(key) ?? retrace(...asked));
    if ('then' in again) known.set(key, again);
    const found = await again;
    for (const evaluation of evaluations) {
      const { lines = null, decided = null } = found[told.indexOf(evaluation)] ?? {};
      const { seq, data } = evaluation.answered;
      reached.push({ client, request: data.request, seq, lines, decided });
    }
  }
  return reached;
}

/** A trace keeps so many calls of a request; what could not be loaded ran nothing, and what a limit ended is not run into it again. */
const isTold = ({ answered, calls, failed }: Evaluation): boolean =>
  answered.data.calls === calls.length && failed?.data.phase !== 'load' && failed?.data.name.endsWith('Limit') !== true;

const recordOf = ({ answered: { data }, calls, failed }: Evaluation) => ({
  url: data.url,
  host: data.host,
  answer: data.answer,
  // What is no text is a failure of its own, and no exception.
  failed: failed !== undefined && data.returned === null,
  calls: calls.map((call) => ({ fn: call.data.helper, result: call.data.result })),
});

/** Which language the client's scripts speak; clients that leave scripts to WinHTTP speak its. */
function profileOf({ client }: ScriptUse, view: View): ProfileName {
  const name = view.ofType('client.started').find(({ data }) => data.client === client)?.data.profile;
  return profileNames.find((each) => each === name) ?? (name === undefined ? 'chromium' : 'winhttp');
}
