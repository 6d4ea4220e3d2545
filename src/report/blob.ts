/** The runs of one shard in a file: NDJSON of a heading, the records, and the wall time of the shard. */
import { InputError } from '../failure.ts';
import { recordVersion } from '../run/record.ts';
import type { RunRecord } from '../run/record.ts';

export const blobHeading = { paclab: 'blob', version: recordVersion } as const;

export interface Blob {
  runs: readonly RunRecord[];
  wallMs: number;
  /** The shard was cut short: its last line is missing. */
  cut: boolean;
}

/** Throws InputError for a text that is no blob, or one of another version. */
export function readBlob(text: string, file: string): Blob {
  const lines = text.split('\n');
  // What stands behind the last line break was being written when the shard ended.
  lines.pop();
  const [heading, ...rest] = lines.map((line, index) => parsed(line, file, index + 1));
  if (heading?.['paclab'] !== blobHeading.paclab)
    throw new InputError([{ message: `'${file}' is no blob`, hint: 'made by run --reporter blob:FILE' }]);
  if (heading['version'] !== blobHeading.version)
    throw new InputError([{ message: `'${file}' is of version ${String(heading['version'])}, not ${recordVersion}` }]);
  const end = rest.at(-1);
  const whole = end !== undefined && !('verdict' in end);
  const runs = (whole ? rest.slice(0, -1) : rest) as unknown as RunRecord[];
  return { runs, wallMs: whole ? Number(end['wallMs']) : 0, cut: !whole };
}

function parsed(line: string, file: string, number: number): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw new InputError([{ message: 'this line is no JSON', at: { file, line: number, column: 1 } }]);
  }
}
