import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

export const ctlReset: Command = {
  name: 'ctl reset',
  summary: 'everything as in the scenario again',
  group: 'Lab',
  usage: '',
  examples: ['ctl reset', 'ctl reset --lab auth-407-connect'],
  options: runningOptions,
  async run(_words, options, tools) {
    await (await remoteLab(options, tools)).json('POST', 'reset');
    return exitCodes.yes;
  },
};
