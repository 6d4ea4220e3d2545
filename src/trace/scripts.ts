/** Proxy scripts that clients read, and each evaluation of them: what was handed in, called, and answered. */
import type { TraceEvent } from './events.ts';
import { kept } from './view.ts';
import type { View } from './view.ts';

/** A script as one client read it, from one reading to the next. */
export interface ScriptUse {
  client: string;
  loaded: TraceEvent<'pac.loaded'>;
  evaluations: readonly Evaluation[];
}

export interface Evaluation {
  answered: TraceEvent<'pac.answered'>;
  /** When the script threw. */
  failed: TraceEvent<'pac.failed'> | undefined;
  /** In order; a trace keeps the first few hundred, `answered` counts all of them. */
  calls: readonly TraceEvent<'pac.called'>[];
}

export const scriptUses = kept((view: View): readonly ScriptUse[] => {
  const uses: (ScriptUse & { evaluations: Evaluation[] })[] = [];
  const current = new Map<string, (typeof uses)[number]>();
  const begun = new Map<string, { calls: TraceEvent<'pac.called'>[]; failed: Evaluation['failed'] }>();
  for (const event of view.events) {
    if (event.type === 'pac.loaded') {
      const use = { client: event.data.client, loaded: event, evaluations: [] };
      uses.push(use);
      current.set(event.data.client, use);
    } else if (event.type === 'pac.called' || event.type === 'pac.failed' || event.type === 'pac.answered') {
      const { client, request } = event.data;
      const key = `${request} ${client}`;
      const so = begun.get(key) ?? { calls: [], failed: undefined };
      begun.set(key, so);
      if (event.type === 'pac.called') so.calls.push(event);
      else if (event.type === 'pac.failed') so.failed = event;
      else {
        current.get(client)?.evaluations.push({ answered: event, ...so });
        begun.delete(key);
      }
    }
  }
  return uses;
});
