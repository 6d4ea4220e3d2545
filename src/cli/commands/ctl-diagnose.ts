import type { Finding } from '../../finding.ts';
import type { Command } from '../command.ts';
import { sayFinding } from '../finding-text.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

/** Programs outside the lab tell it nothing. */
const limits =
  'by what the lab saw and sent; what only a program itself knows (its settings, what its script said) is inferred, or not found\n';

export const ctlDiagnose: Command = {
  name: 'ctl diagnose',
  summary: 'what is wrong in a running lab, by what has happened',
  group: 'Lab',
  usage: '',
  examples: ['ctl diagnose', 'ctl diagnose --json --exit-code'],
  options: (definition) =>
    runningOptions(definition)
      .option('--json', 'print as JSON')
      .option('--exit-code', 'end with 1 when there is a finding'),
  async run(_words, options, tools) {
    const findings = await (await remoteLab(options, tools)).json<Finding[]>('GET', 'findings');
    const { stdout } = tools;
    if (options['json'] === true) stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
    else if (findings.length === 0) stdout.write(`nothing found\n${limits}`);
    else stdout.write(`${findings.map((finding) => sayFinding(finding, stdout.screen)).join('\n')}\n${limits}`);
    return options['exitCode'] === true && findings.length > 0 ? exitCodes.no : exitCodes.yes;
  },
};
