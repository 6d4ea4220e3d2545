/** What programs did by themselves, phase by phase, and what the lab knows of each: documented, read in source, inferred. */
import type { TraceEvent } from '../trace/events.ts';
import { pick } from '../trace/view.ts';

export interface PhaseLine {
  client: string;
  phase: string;
  basis: 'documented' | 'source' | 'inferred';
  /** Null: it never ended. */
  ok: boolean | null;
  says: string;
  /** How often in a row it went like that. */
  times: number;
}

/** In words, as they stand beside a phase. */
export const bases = { documented: 'documented', source: 'read in source', inferred: 'inferred' } as const;

/** In the order in which they ended; a phase that goes the same way again is counted. */
export function phasesOf(events: readonly TraceEvent[]): PhaseLine[] {
  const begun = new Map<string, PhaseLine>();
  const lines: PhaseLine[] = [];
  for (const event of pick(events, 'client.phase', 'client.phase-finished')) {
    const { client, phase, says } = event.data;
    const key = `${client} ${phase}`;
    if ('basis' in event.data) {
      begun.set(key, { client, phase, basis: event.data.basis, ok: null, says, times: 1 });
      continue;
    }
    const line = begun.get(key);
    begun.delete(key);
    if (line) add(lines, { ...line, ok: event.data.ok, says });
  }
  return [...lines, ...begun.values()];
}

function add(lines: PhaseLine[], line: PhaseLine): void {
  const last = lines.findLast(({ client, phase }) => client === line.client && phase === line.phase);
  if (last?.ok === line.ok && last.says === line.says) last.times += 1;
  else lines.push(line);
}

/** `bootstrap of service (documented): failed to download the configuration …` */
export const sayPhase = ({ client, phase, basis, says, times }: PhaseLine): string =>
  `${phase} of ${client} (${bases[basis]}): ${says}${times > 1 ? `; ${times} times` : ''}`;
