/** TAP version 14. The plan stands at the end, where it may, so that lines can be written as runs finish. */
import { printable } from '../../printable.ts';
import { sayRun } from '../../run/record.ts';
import type { RunRecord } from '../../run/record.ts';
import type { Reporter } from '../reporter.ts';
import { placeOf } from '../story.ts';

/** `\` and `#` have a meaning in descriptions; line breaks end them. */
const escape = (text: string): string =>
  printable(text)
    .replace(/[\\#]/g, '\\$&')
    .replace(/\s*\n\s*/g, ' ');

/** A YAML block in TAP's indentation. JSON strings are YAML, whatever they hold. */
function diagnostics(run: RunRecord): string {
  const failed = run.expectations.filter(({ passed }) => !passed);
  const lines = [`duration_ms: ${run.wallMs}`, `lab_ms: ${run.labMs}`];
  if (run.broken) lines.push(`broken: ${JSON.stringify(run.broken.message)}`);
  if (failed.length > 0) lines.push('failures:');
  for (const judgement of failed) {
    lines.push(`  - at: ${JSON.stringify(placeOf(run, judgement))}`);
    lines.push(`    expected: ${JSON.stringify(judgement.expected)}`);
    lines.push(`    actual: ${JSON.stringify(judgement.actual)}`);
  }
  if (run.findings.length > 0) lines.push(`findings: ${JSON.stringify(run.findings.map(({ id }) => id))}`);
  return ['---', ...lines, '...'].map((line) => `  ${line}\n`).join('');
}

export const tap: Reporter = {
  name: 'tap',
  summary: 'TAP version 14',
  open({ write }) {
    let count = 0;
    return {
      start: () => write('TAP version 14\n'),
      run(record) {
        count += 1;
        const good = record.verdict === 'passed' || record.verdict === 'skipped';
        const skip = record.verdict === 'skipped' ? ' # SKIP' : '';
        write(`${good ? 'ok' : 'not ok'} ${count} - ${escape(sayRun(record))}${skip}\n`);
        if (record.verdict !== 'skipped') write(diagnostics(record));
      },
      end: () => write(`1..${count}\n`),
    };
  },
};
