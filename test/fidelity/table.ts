/** What was measured, in lines that people read and documents take over. */
import { sayRun } from '../../src/run/record.ts';
import type { RunRecord } from '../../src/run/record.ts';
import type { Differential } from './differential.ts';

const mostShown = 20;

export function differentialText(
  browser: string,
  { groups, differences, unasked }: Differential,
  seed: number,
): string {
  const rows = [...groups].toSorted(([a], [b]) => a.localeCompare(b));
  const all = rows.reduce((sum, [, { cases }]) => sum + cases, 0);
  const lines = rows.map(
    ([name, { cases, differ }]) => `  ${name.padEnd(22)} ${String(cases - differ).padStart(5)} of ${cases}`,
  );
  const shown = differences
    .slice(0, mostShown)
    .map(({ case: { group, expression, url }, model, real }) =>
      [`  ≠ ${group}: ${expression ?? url}`, `      model said    ${model}`, `      ${browser} did  ${real}`].join(
        '\n',
      ),
    );
  return [
    `\n${browser}: ${all - differences.length} of ${all} random cases agree (seed ${seed})`,
    ...lines,
    ...shown,
    ...(unasked.length > 0 ? [`  not asked of the script: ${unasked.slice(0, mostShown).join(' ')}`] : []),
    '',
  ].join('\n');
}

export function runText({ beside, verdict, ...run }: RunRecord): string {
  const title = `${beside?.client ?? ''} ${sayRun(run)}`;
  if (beside?.skipped !== undefined) return `  - ${title}: ${beside.skipped}\n`;
  if (run.broken) return `  ! ${title}: ${run.broken.message}\n`;
  const rows = (beside?.rows ?? []).filter(({ same }) => !same);
  const sign = verdict === 'passed' ? (rows.length === 0 ? '=' : '≠') : '✗';
  const lines = rows.map(({ what, model, real }) => `      ${what}: model ${model}; client ${real}\n`);
  const failed = run.expectations
    .filter(({ passed }) => !passed)
    .map(({ expected, actual }) => `      expected ${expected}; ${actual}\n`);
  return `  ${sign} ${title}\n${lines.join('')}${failed.join('')}`;
}

/** By client: runs, expectations, and points of comparison by kind. */
export function agreementText(records: readonly RunRecord[]): string {
  const clients = [...new Set(records.map(({ beside }) => beside?.client ?? ''))];
  return clients
    .map((client) => {
      const own = records.filter(({ beside }) => beside?.client === client);
      const ran = own.filter(({ verdict }) => verdict !== 'skipped');
      const rows = ran.flatMap(({ beside }) => beside?.rows ?? []);
      const kinds = ['tried', 'ended with', 'names asked', 'scripts fetched', 'diagnosis'];
      const lines = kinds.map((kind) => {
        const of = rows.filter(({ what }) => what.includes(kind));
        return `  ${kind.padEnd(16)} ${of.filter(({ same }) => same).length} of ${of.length}`;
      });
      const count = (wanted: string): number => own.filter(({ verdict }) => verdict === wanted).length;
      const totals = `${count('passed')} passed, ${count('failed')} failed, ${count('broken')} broken, ${count('skipped')} not for a browser`;
      return `\n${client}: ${totals}\n${lines.join('\n')}\n`;
    })
    .join('');
}
