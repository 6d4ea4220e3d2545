import { Option } from 'commander';

import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

const formats = ['pcapng', 'har', 'ndjson'] as const;

export const ctlCapture: Command = {
  name: 'ctl capture',
  summary: 'a running lab as pcapng, HAR or events',
  group: 'Lab',
  usage: '<file>',
  examples: ['ctl capture lab.pcapng', 'ctl capture lab.har'],
  options: (definition) =>
    runningOptions(definition).addOption(
      new Option('--format <kind>', 'what kind of file (default: by its name)').choices(formats),
    ),
  async run([file = ''], options, tools) {
    const extension = formats.find((format) => file.endsWith(`.${format}`));
    const format = textOption(options, 'format') ?? extension ?? 'pcapng';
    const bytes = await (await remoteLab(options, tools)).bytes(`capture?format=${format}`);
    const output = tools.files.create(file);
    output.write(bytes);
    output.close();
    return exitCodes.yes;
  },
};
