/** The report of a diff for people. */
import type { DiffReport } from './diff.ts';

/** The report for a terminal. */
export function diffText(report: DiffReport): string {
  const head = `${report.moved.requests} of ${report.requests} requests move (${report.moved.bytes} of ${report.bytes} bytes), profile ${report.profile}`;
  const rows = report.moves.map(
    (move) =>
      `${String(move.requests).padStart(10)} requests  ${move.hosts} hosts  ${move.bytes} bytes\n           ${place(move.oldLine)}${move.from}\n        -> ${place(move.newLine)}${move.to}\n           e.g. ${move.examples.join('  ')}`,
  );
  const unread = report.unread > 0 ? [`${report.unread} lines hold no request`] : [];
  return [head, ...rows, ...unread, ''].join('\n');
}

/** The report as a table for a merge request. */
export function diffMarkdown(report: DiffReport): string {
  const rows = report.moves.map(
    (move) =>
      `| ${move.requests} | ${move.hosts} | ${move.bytes} | ${place(move.oldLine)}\`${move.from}\` | ${place(move.newLine)}\`${move.to}\` |`,
  );
  return [
    `**${report.moved.requests} of ${report.requests} requests move** (profile \`${report.profile}\`)`,
    '',
    '| requests | hosts | bytes | from | to |',
    '|---:|---:|---:|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const place = (line: number | null): string => (line === null ? '' : `line ${line}: `);
