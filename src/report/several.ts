/** Several reporters at once. One that breaks is dropped and remembered; the run and the others go on. */
import type { Plan, Report, Reporter, Sink } from './reporter.ts';
import type { RunRecord, RunResult } from '../run/record.ts';

export interface ReporterFailure {
  name: string;
  error: Error;
}

/** Like one report, but nothing of it ever throws. */
export interface Reports {
  start(plan: Plan): Promise<void>;
  run(record: RunRecord): Promise<void>;
  end(result: RunResult): Promise<void>;
  /** Which reporters broke, and why. */
  readonly failures: readonly ReporterFailure[];
}

export function openReports(wanted: readonly { reporter: Reporter; sink: Sink }[]): Reports {
  const failures: ReporterFailure[] = [];
  const broken = new Set<Reporter>();
  const attempt = async <T>(reporter: Reporter, act: () => T | Promise<T>): Promise<T | undefined> => {
    if (broken.has(reporter)) return undefined;
    try {
      return await act();
    } catch (error) {
      broken.add(reporter);
      failures.push({ name: reporter.name, error: error instanceof Error ? error : new Error(String(error)) });
      return undefined;
    }
  };
  const reports = wanted.map(({ reporter, sink }) => {
    const opened = attempt(reporter, () => reporter.open(sink));
    return { reporter, opened };
  });
  const each = async (act: (report: Report) => void | Promise<void> | undefined): Promise<void> => {
    for (const { reporter, opened } of reports) {
      const report = await opened;
      if (report) await attempt(reporter, () => act(report));
    }
  };
  return {
    failures,
    start: (plan: Plan) => each((report) => report.start?.(plan)),
    run: (record: RunRecord) => each((report) => report.run?.(record)),
    end: (result: RunResult) => each((report) => report.end?.(result)),
  };
}
