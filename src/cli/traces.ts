/** `--trace`: the events of each run as a file of their own, one event a line. A reporter that only the command line has. */
import type { Reporter } from '../report/reporter.ts';
import { sayRun } from '../run/record.ts';
import type { RunRecord } from '../run/record.ts';
import { toNdjson } from '../trace/file.ts';
import type { Files } from './tools.ts';

export type TraceMode = 'off' | 'on' | 'on-failure';

/** Writes below `folder`; two runs never share a file. */
export const traceReporter = (mode: TraceMode, folder: string, files: Files): Reporter => ({
  name: 'trace',
  summary: 'the events of each run, one a line',
  open() {
    const nameOf = namesOfRuns();
    return {
      run(record) {
        if (!isWanted(record, mode)) return;
        const file = files.create(`${folder}/traces/${nameOf(record)}.ndjson`);
        file.write(toNdjson(record.events));
        file.close();
      },
    };
  },
});

function isWanted({ verdict }: RunRecord, mode: TraceMode): boolean {
  if (mode === 'off' || verdict === 'skipped') return false;
  return mode === 'on' || verdict !== 'passed';
}

/** File names without extension; two runs never share one. */
export function namesOfRuns(): (record: RunRecord) => string {
  const taken = new Map<string, number>();
  return (record) => {
    const name = fileName(sayRun(record));
    const nth = (taken.get(name) ?? 0) + 1;
    taken.set(name, nth);
    return nth > 1 ? `${name}-${nth}` : name;
  };
}

const longestName = 120;

/** `auth-407-connect [schemes=negotiate+ntlm]` → `auth-407-connect-schemes=negotiate+ntlm` */
const fileName = (text: string): string =>
  text
    .replace(/[^\w.=+-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, longestName);
