/**
 * Results as SARIF 2.1.0: what was expected in vain, with its place in the scenario file, and what was found. A finding of
 * a run that passed was expected, so it is told and is no failure.
 */
import { sayRun } from '../../run/record.ts';
import type { RunRecord, RunResult } from '../../run/record.ts';
import { viewOf } from '../../trace/view.ts';
import type { Reporter } from '../reporter.ts';
import { rulesOf, sarifLevels, sarifLog, sarifPlace } from '../sarif.ts';
import type { SarifRule } from '../sarif.ts';

const own: readonly SarifRule[] = [
  { id: 'expectation', shortDescription: { text: 'An expectation of a scenario was not met' } },
  { id: 'broken', shortDescription: { text: 'The lab of a scenario could not run' } },
];

function missesOf({ expectations, file, ...run }: RunRecord): object[] {
  return expectations
    .filter(({ passed }) => !passed)
    .map(({ expected, actual, at, evidence }) => ({
      ruleId: 'expectation',
      level: 'error',
      message: { text: `${sayRun(run)}: expected ${expected}, got ${actual}` },
      locations: [sarifPlace(file, at)],
      properties: { run: sayRun(run), evidence },
    }));
}

const breakOf = ({ broken, file, ...run }: RunRecord): object[] =>
  broken
    ? [
        {
          ruleId: 'broken',
          level: 'error',
          message: { text: `${sayRun(run)}: ${broken.message}` },
          locations: [sarifPlace(file)],
          properties: { run: sayRun(run) },
        },
      ]
    : [];

function findingsOf({ findings, events, file, verdict, ...run }: RunRecord): object[] {
  const view = viewOf(events);
  return findings.map(({ id, severity, confidence, why, evidence }) => {
    // Where a client read what is wrong, when it did.
    const origins = evidence.flatMap((seq) => {
      const event = view.event(seq);
      return event?.type === 'client.setting' && event.data.origin ? [event.data.origin] : [];
    });
    return {
      ruleId: id,
      ...(verdict === 'passed' ? { kind: 'informational', level: 'none' } : { level: sarifLevels[severity] }),
      message: { text: `${sayRun(run)}: ${why}` },
      locations: [sarifPlace(file)],
      ...(origins.length > 0 && {
        relatedLocations: origins.map((origin, index) => ({ id: index + 1, ...sarifPlace(origin.file, origin) })),
      }),
      properties: { run: sayRun(run), confidence, evidence },
    };
  });
}

function logOf({ runs }: RunResult): object {
  const rules = [...own, ...rulesOf(runs.flatMap(({ findings }) => findings))];
  return sarifLog(
    rules,
    runs.flatMap((run) => [...breakOf(run), ...missesOf(run), ...findingsOf(run)]),
  );
}

export const sarif: Reporter = {
  name: 'sarif',
  summary: 'SARIF 2.1.0: expectations that were not met, and findings',
  open: ({ write }) => ({ end: (result) => write(`${JSON.stringify(logOf(result), null, 2)}\n`) }),
};
