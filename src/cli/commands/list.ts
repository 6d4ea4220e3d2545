import { printable } from '../../printable.ts';
import { sayRunShortly } from '../../run/record.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Command } from '../command.ts';
import { coverageOf, sayCoverage } from '../coverage.ts';
import type { Chapter } from '../coverage.ts';
import { select, selectionOptions } from '../select.ts';
import { exitCodes } from '../tools.ts';

export const list: Command = {
  name: 'list',
  summary: 'what would run',
  group: 'Scenarios',
  usage: '[path...]',
  examples: ["list scenarios --tag 'proxy-auth or tls' --json", 'list scenarios --coverage'],
  options: (definition) =>
    selectionOptions(definition)
      .option('--coverage', 'print the catalogue of failure modes against the scenarios')
      .option('--json', 'print as JSON'),
  async run(words, options, tools) {
    const { stdout, stderr } = tools;
    const { scenarios, nothing } = await select(words, options, tools);
    const json = options['json'] === true;
    if (options['coverage'] === true) {
      const covered = coverageOf(
        JSON.parse(await tools.shipped('scenarios/catalogue.json')) as Chapter[],
        scenarios.map(({ model }) => model.id),
        await tools.shipped('docs/coverage.md'),
      );
      stdout.write(json ? `${JSON.stringify(covered, null, 2)}\n` : sayCoverage(covered));
      return exitCodes.yes;
    }
    stdout.write(json ? `${JSON.stringify(scenarios.map(entryOf), null, 2)}\n` : tableOf(scenarios));
    if (scenarios.length > 0) return exitCodes.yes;
    stderr.write(`${nothing}\n`);
    return exitCodes.nothing;
  },
};

const entryOf = ({ model: { id, name, tags }, row, file }: Scenario) => ({ id, row, file, name, tags });

function tableOf(scenarios: readonly Scenario[]): string {
  if (scenarios.length === 0) return '';
  const lines = scenarios.map(({ model, row, file }) => [
    printable(sayRunShortly({ id: model.id, row })),
    model.tags.join(', '),
    printable(file),
  ]);
  const widthOf = (column: number): number => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const widths = [widthOf(0), widthOf(1)];
  const rows = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const files = new Set(scenarios.map(({ file }) => file)).size;
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return `${rows.join('\n')}\n\n${count(scenarios.length, 'run')} in ${count(files, 'file')}\n`;
}
