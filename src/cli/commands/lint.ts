import { formatProblems } from '../../scenario/problems.ts';
import type { Command } from '../command.ts';
import { loadAll } from '../load.ts';
import { exitCodes } from '../tools.ts';

export const lint: Command = {
  name: 'lint',
  summary: 'check scenarios, run nothing',
  group: 'Scenarios',
  usage: '[path...]',
  examples: ['lint', 'lint scenarios/auth --json'],
  options: (definition) => definition.option('--json', 'print as JSON'),
  async run(words, options, tools) {
    const { files, scenarios, problems } = await loadAll(words, tools);
    const { stdout, stderr } = tools;
    if (files === 0) {
      stderr.write('no scenario files here\n');
      return exitCodes.nothing;
    }
    const code = problems.length > 0 ? exitCodes.no : exitCodes.yes;
    const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
    if (options['json'] === true)
      stdout.write(`${JSON.stringify({ files, runs: scenarios.length, problems }, null, 2)}\n`);
    else {
      if (problems.length > 0) stdout.write(`${formatProblems(problems, { colour: stdout.screen.colour })}\n`);
      const verdict = problems.length > 0 ? count(problems.length, 'problem') : 'no problems';
      stdout.write(`${count(files, 'file')}, ${count(scenarios.length, 'run')}, ${verdict}\n`);
    }
    return code;
  },
};
