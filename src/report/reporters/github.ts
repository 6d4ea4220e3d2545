/**
 * Workflow commands of GitHub Actions. Ten annotations a step is all that GitHub shows, and it drops the rest without a
 * word: so one for each file, of the first ten, and a notice that counts them all.
 */
import { printable } from '../../printable.ts';
import { sayRun } from '../../run/record.ts';
import type { RunRecord, RunResult } from '../../run/record.ts';
import type { Reporter } from '../reporter.ts';
import { cut, sayTimes } from '../words.ts';

const mostAnnotations = 10;
const longestMessage = 2000;

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function command(kind: 'error' | 'notice', properties: Record<string, string | number>, message: string): string {
  const said = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${kind}${said.length > 0 ? ` ${said.join(',')}` : ''}::${escapeData(cut(message, longestMessage))}\n`;
}

function saidOf(run: RunRecord): string[] {
  const missed = run.expectations.filter(({ passed }) => !passed);
  return [
    printable(sayRun(run)),
    ...(run.broken ? [`broken: ${printable(run.broken.message)}`] : []),
    ...missed.map(({ expected, actual }) => printable(`expected ${expected}, got ${actual}`)),
    ...run.findings.map(({ id, why }) => printable(`finding ${id}: ${why}`)),
  ];
}

/** One annotation for all runs of a file, at the first expectation that was not met. */
function annotation(file: string, runs: readonly RunRecord[]): string {
  const missed = runs.flatMap(({ expectations }) => expectations.filter(({ passed }) => !passed));
  const place = missed[0] ? { line: missed[0].at.line, col: missed[0].at.column } : {};
  return command('error', { file, ...place, title: runs[0]?.id ?? file }, runs.flatMap(saidOf).join('\n'));
}

function annotationsOf({ runs, summary }: RunResult): string {
  const bad = runs.filter(({ verdict }) => verdict === 'failed' || verdict === 'broken');
  const files = [...new Set(bad.map(({ file }) => file))];
  const shown = files.slice(0, mostAnnotations);
  const left = files.length - shown.length;
  const counts = `${summary.passed} passed, ${summary.failed} failed, ${summary.broken} broken, ${summary.skipped} skipped`;
  const rest = left > 0 ? `; ${left} more files with failures are not annotated` : '';
  return [
    ...shown.map((file) =>
      annotation(
        file,
        bad.filter((run) => run.file === file),
      ),
    ),
    command('notice', { title: 'paclab' }, `${counts} (${sayTimes(summary)})${rest}`),
  ].join('');
}

export const github: Reporter = {
  name: 'github',
  summary: 'annotations of GitHub Actions, one for each file',
  open: ({ write }) => ({ end: (result) => write(annotationsOf(result)) }),
};
