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
  const place = beside?.instead === undefined ? '' : ` (for ${beside.instead})`;
  const title = `${beside?.client ?? ''} ${sayRun(run)}${place}`;
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

/** Nothing of what a client did differs; what is found in its capture is no matter of the model. */
export const agrees = ({ verdict, beside }: RunRecord): boolean =>
  verdict === 'passed' && (beside?.rows ?? []).every(({ same, what }) => same || what.startsWith('diagnosis'));

/** Scenario by client, then for each client its runs, why it had no part in others, and points of comparison by kind. */
export function agreementText(records: readonly RunRecord[]): string {
  const clients = [...new Set(records.map(({ beside }) => beside?.client ?? ''))];
  return `${byScenario(records, clients)}${clients.map((client) => totals(client, records)).join('')}`;
}

const of = (records: readonly RunRecord[], client: string): RunRecord[] =>
  records.filter(({ beside }) => beside?.client === client);

/** `2 of 3` runs agree; `-`: none is for this client. */
function byScenario(records: readonly RunRecord[], clients: readonly string[]): string {
  const ids = [...new Set(records.map(({ id }) => id))].toSorted();
  const rows = ids.map((id) => {
    const own = records.filter((record) => record.id === id);
    const cells = clients.map((client) => {
      const ran = of(own, client).filter(({ verdict }) => verdict !== 'skipped');
      return (ran.length === 0 ? '-' : `${ran.filter(agrees).length} of ${ran.length}`).padEnd(14);
    });
    return `  ${id.padEnd(46)} ${cells.join(' ')}`.trimEnd();
  });
  const head = `  ${'scenario'.padEnd(46)} ${clients.map((client) => client.padEnd(14)).join(' ')}`;
  return `\n${[head.trimEnd(), ...rows].join('\n')}\n`;
}

const kinds = ['tried', 'ended with', 'names asked', 'scripts fetched', 'diagnosis'];

function totals(client: string, records: readonly RunRecord[]): string {
  const own = of(records, client);
  const ran = own.filter(({ verdict }) => verdict !== 'skipped');
  const points = ran.flatMap(({ beside }) => beside?.rows ?? []);
  const lines = kinds.map((kind) => {
    const such = points.filter(({ what }) => what.includes(kind));
    return `  ${kind.padEnd(16)} ${such.filter(({ same }) => same).length} of ${such.length}`;
  });
  const count = (wanted: string): number => own.filter(({ verdict }) => verdict === wanted).length;
  const guests = ran.filter(({ beside }) => beside?.instead !== undefined).length;
  const verdicts = `${count('passed')} passed, ${count('failed')} failed, ${count('broken')} broken, ${count('skipped')} not for a browser`;
  const agreed = `  every point      ${ran.filter(agrees).length} of ${ran.length} (${guests} in the place of the other browser)`;
  return `\n${client}: ${verdicts}\n${[agreed, ...lines, ...reasons(own)].join('\n')}\n`;
}

function reasons(records: readonly RunRecord[]): string[] {
  const found = new Map<string, number>();
  for (const { beside } of records) {
    const why = beside?.skipped?.replace(/ \d+ s /, ' too many s ');
    if (why !== undefined) found.set(why, (found.get(why) ?? 0) + 1);
  }
  return [...found].map(([why, times]) => `  not for a browser, ${times} times: ${why}`);
}
