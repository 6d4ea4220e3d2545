import { printable } from '../../printable.ts';
import type { Comparison, RunRecord } from '../../run/record.ts';
import type { Reporter } from '../reporter.ts';
import { coloursOf, nameColumn, runLine, runStory, summaryLine } from '../story.ts';

const indent = '      ';

export const beside: Reporter = {
  name: 'beside',
  summary: 'what the model said of each run, and what a real client did (run --client)',
  open({ screen, write }) {
    const colours = coloursOf(screen);
    let column = 0;
    const sayRow = ({ what, model, real, same }: Comparison): string =>
      same
        ? `${indent}${colours.green('=')} ${printable(what)}: ${printable(real)}\n`
        : `${indent}${colours.yellow('≠')} ${printable(what)}\n${indent}    model said  ${printable(model)}\n${indent}    client did  ${printable(real)}\n`;
    return {
      start: (plan) => {
        column = nameColumn(plan.runs);
        write('\n');
      },
      run(record) {
        write(runLine(record, colours, column));
        const { beside: found } = record;
        if (found?.instead !== undefined)
          write(`${indent}${colours.dim(`${found.client} in the place of ${found.instead}`)}\n`);
        if (found?.skipped !== undefined)
          write(`${indent}${colours.dim(`not by ${found.client}: ${printable(found.skipped)}`)}\n`);
        for (const row of found?.rows ?? []) write(sayRow(row));
        if (record.verdict === 'failed' || record.verdict === 'broken') write(runStory(record, screen));
      },
      end({ runs, summary }) {
        write(`\n${sayAgreement(runs)}${summaryLine(summary, colours)}\n`);
      },
    };
  },
};

function sayAgreement(runs: readonly RunRecord[]): string {
  const rows = runs.flatMap(({ beside: found }) => found?.rows ?? []);
  const same = rows.filter((row) => row.same).length;
  return rows.length === 0 ? '' : `  the model and the client agree in ${same} of ${rows.length} points\n`;
}
