import type { LintFinding } from '../../pac/index.ts';
import { formatProblems } from '../../scenario/problems.ts';
import type { Command } from '../command.ts';
import { readScript } from '../pac-options.ts';
import { exitCodes } from '../tools.ts';
import { misused } from '../usage.ts';

export const pacLint: Command = {
  name: 'pac lint',
  summary: 'mistakes in PAC files, with line, column, reason and fix',
  group: 'PAC',
  usage: '<pac...>',
  examples: ['pac lint corp.pac', 'pac lint *.pac --json'],
  options: (definition) => definition.option('--json', 'print as JSON'),
  async run(files, options, { stdout, ...tools }) {
    const { lint } = await import('../../pac/index.ts');
    const found: (LintFinding & { file: string; source: string })[] = [];
    for (const file of files) {
      const source = await readScript(file, { stdout, ...tools });
      const findings = await lint(source);
      const broken = findings.find(({ rule }) => rule === 'syntax');
      if (broken && files.length === 1 && !/[(){};=]/.test(source))
        throw misused(`'${file}' is no JavaScript: ${broken.message}`);
      found.push(
        ...findings.map((finding) => ({ ...finding, file, source: source.split('\n')[finding.line - 1] ?? '' })),
      );
    }
    const errors = found.filter(({ severity }) => severity === 'error').length;
    if (options['json'] === true) stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else {
      if (found.length > 0)
        stdout.write(`${formatProblems(found.map(problemOf), { colour: stdout.screen.colour })}\n\n`);
      stdout.write(
        `${counted(files.length, 'file')}, ${counted(errors, 'error')}, ${counted(found.length - errors, 'warning')}\n`,
      );
    }
    return errors > 0 ? exitCodes.no : exitCodes.yes;
  },
};

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function problemOf({
  rule,
  severity,
  message,
  why,
  fix,
  profiles,
  file,
  line,
  column,
  source,
}: LintFinding & { file: string; source: string }) {
  const whom = profiles.length > 0 ? ` Concerns ${profiles.join(', ')}.` : '';
  return {
    severity,
    message: `${message} (${rule})`,
    hint: `${why}${whom} ${fix}`,
    at: { file, line, column },
    source,
  };
}
