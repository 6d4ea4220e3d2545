/**
 * JUnit XML in the shape that GitLab and Jenkins both read: one suite a file, one case a row, at most one failure a
 * case (both show only the first), classname and name unique together (GitLab drops doubles without a word). Only
 * attributes of the schema of Jenkins' xUnit plugin (junit-10), which fails a build over any other.
 */
import { sayRun, summaryOf } from '../../run/record.ts';
import type { RunRecord, RunResult, Verdict } from '../../run/record.ts';
import type { Reporter } from '../reporter.ts';
import { placeOf } from '../story.ts';
import { cut, sayEvent } from '../words.ts';
import { element, xmlText } from '../xml.ts';

/** Longer texts make servers slow, and nobody reads them there. In characters. */
const longestText = 8000;
const longestMessage = 300;

const tool = 'paclab';
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** `scenarios/auth/x.y.yaml` → `scenarios.auth.x_y`: Jenkins reads a package before the last dot. */
const classOf = (file: string): string =>
  file
    .replace(/\.ya?ml$/, '')
    .replace(/^(\.{1,2}\/)+|^\//, '')
    .replaceAll('.', '_')
    .replace(/[\\/]+/g, '.');

const counts = (runs: readonly RunRecord[]): Record<string, string | number> => {
  const { failed, broken, wallMs } = summaryOf(runs);
  return { tests: runs.length, failures: failed, errors: broken, time: seconds(wallMs) };
};

function failureOf(run: RunRecord): string {
  const failed = run.expectations.filter(({ passed }) => !passed);
  const [first] = failed;
  if (!first) return element('failure', { message: 'an expectation was not met', type: 'expectation' });
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  const message = `expected ${first.expected}, got ${first.actual}${more}`;
  const details = failed.flatMap((judgement) => [
    placeOf(run, judgement),
    `  expected: ${judgement.expected}`,
    `  actual:   ${judgement.actual}`,
    ...run.events
      .filter(({ seq }) => judgement.evidence.includes(seq))
      .map((event) => `  closest:  ${sayEvent(event)}`),
  ]);
  const attributes = { message: cut(message, longestMessage), type: 'expectation' };
  return element('failure', attributes, xmlText(cut(details.join('\n'), longestText)));
}

function errorOf(run: RunRecord): string {
  const message = run.broken?.message ?? 'the lab could not run';
  return element(
    'error',
    { message: cut(message, longestMessage), type: 'broken' },
    xmlText(cut(message, longestText)),
  );
}

const findingsOf = ({ findings }: RunRecord): string => {
  const lines = findings.flatMap(({ id, confidence, why, fix }) => [`${id} (${confidence}): ${why}`, `  fix: ${fix}`]);
  return lines.length > 0 ? element('system-out', {}, xmlText(cut(lines.join('\n'), longestText))) : '';
};

const bodies: Record<Verdict, (run: RunRecord) => string> = {
  passed: findingsOf,
  failed: (run) => `${failureOf(run)}${findingsOf(run)}`,
  broken: errorOf,
  skipped: () => element('skipped', {}),
};

/** Cases of one file. Two rows may look alike in words, so a number tells them apart. */
function casesOf(file: string, runs: readonly RunRecord[]): string[] {
  const seen = new Map<string, number>();
  return runs.map((run) => {
    const words = sayRun(run);
    const nth = (seen.get(words) ?? 0) + 1;
    seen.set(words, nth);
    const name = nth > 1 ? `${words} (${nth})` : words;
    return element('testcase', { classname: classOf(file), name, time: seconds(run.wallMs) }, bodies[run.verdict](run));
  });
}

function xmlOf({ runs }: RunResult): string {
  const files = [...new Set(runs.map(({ file }) => file))];
  const suites = files.map((file) => {
    const own = runs.filter((run) => run.file === file);
    const { skipped } = summaryOf(own);
    const cases = casesOf(file, own).map((each) => `    ${each}\n`);
    return `  ${element('testsuite', { name: file, file, skipped, ...counts(own) }, `\n${cases.join('')}  `)}\n`;
  });
  const all = element('testsuites', { name: tool, ...counts(runs) }, `\n${suites.join('')}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${all}\n`;
}

export const junit: Reporter = {
  name: 'junit',
  summary: 'JUnit XML, as GitLab and Jenkins read it',
  open: ({ write }) => ({ end: (result) => write(xmlOf(result)) }),
};
