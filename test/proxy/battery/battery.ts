/** Runs the battery against one proxy. */
import { probes } from './probes.ts';
import { startSubject } from './subjects.ts';
import type { SubjectName } from './subjects.ts';

export interface Column {
  name: SubjectName;
  /** Empty for ours. */
  version: string;
  /** Probe → what was seen. */
  seen: Record<string, string>;
}

/** Undefined when the program is not installed. */
export async function runBattery(name: SubjectName): Promise<Column | undefined> {
  const subject = await startSubject(name);
  if (!subject) return undefined;
  await using running = subject;
  const seen = new Map<string, string>();
  const waiting = Object.entries(probes);
  // Probes mostly wait, each on connections of its own.
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) seen.set(next[0], await next[1](running));
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  return { name, version: running.version, seen: Object.fromEntries(seen) };
}
