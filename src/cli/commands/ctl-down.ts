import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

export const ctlDown: Command = {
  name: 'ctl down',
  summary: 'end a running lab',
  group: 'Lab',
  usage: '',
  examples: ['ctl down', 'ctl down --lab auth-407-connect'],
  options: runningOptions,
  async run(_words, options, tools) {
    await (await remoteLab(options, tools)).json('POST', 'down');
    return exitCodes.yes;
  },
};
